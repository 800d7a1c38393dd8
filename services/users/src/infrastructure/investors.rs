//! Where investors stand, on PostgreSQL.

use async_trait::async_trait;
use ids::UserId;
use money::Money;
use pg::{Uow, store_error};
use time::OffsetDateTime;
use uow::StoreError;
use uuid::Uuid;

use super::publisher;
use crate::application::ports::{Investors, NamedInvestor, Tx as _};
use crate::domain::{CategoryRequest, Investor, InvestorFact, Limits, Reason};

/// A line of `investors`, with the public name.
struct InvestorRow {
    user_id: Uuid,
    name: String,
    category: String,
    per_project_minor: Option<i64>,
    per_project_currency: Option<String>,
    per_12_months_minor: Option<i64>,
    per_12_months_currency: Option<String>,
    requested_at: Option<OffsetDateTime>,
    request_reason: Option<String>,
}

impl TryFrom<InvestorRow> for NamedInvestor {
    type Error = StoreError;

    fn try_from(row: InvestorRow) -> Result<Self, StoreError> {
        let reason = row.request_reason.as_deref().map(Reason::try_new);
        let reason = reason.transpose().map_err(StoreError::failed)?;
        let investor = Investor {
            category: pg::stored(&row.category)?,
            limits: Limits {
                per_project: limit(row.per_project_minor, row.per_project_currency)?,
                per_12_months: limit(row.per_12_months_minor, row.per_12_months_currency)?,
            },
            request: reason
                .zip(row.requested_at)
                .map(|(reason, at)| CategoryRequest { reason, at }),
        };
        Ok((row.user_id.into(), row.name, investor))
    }
}

fn limit(minor: Option<i64>, currency: Option<String>) -> Result<Option<Money>, StoreError> {
    let Some((minor, currency)) = minor.zip(currency) else {
        return Ok(None);
    };
    let money = Money::try_new(minor, pg::stored(&currency)?);
    money.map(Some).map_err(StoreError::failed)
}

#[async_trait]
impl Investors for Uow {
    async fn investor_for_update(&mut self, id: UserId) -> Result<Option<Investor>, StoreError> {
        let known = sqlx::query_scalar!(
            r#"SELECT 1 AS "one!" FROM profiles WHERE tenant_id = $1 AND user_id = $2 FOR UPDATE"#,
            self.context().tenant.as_uuid(),
            id.as_uuid(),
        )
        .fetch_optional(self.conn())
        .await
        .map_err(store_error)?;
        if known.is_none() {
            return Ok(None);
        }
        let (_, _, investor) = self.investor(id).await?;
        Ok(Some(investor))
    }

    async fn investor(&mut self, id: UserId) -> Result<NamedInvestor, StoreError> {
        let row = sqlx::query_as!(
            InvestorRow,
            r#"SELECT p.user_id, coalesce(p.display_name, p.full_name, '') AS "name!",
                      coalesce(i.category, 'RETAIL') AS "category!",
                      i.per_project_minor AS "per_project_minor?",
                      i.per_project_currency AS "per_project_currency?",
                      i.per_12_months_minor AS "per_12_months_minor?",
                      i.per_12_months_currency AS "per_12_months_currency?",
                      i.requested_at AS "requested_at?", i.request_reason AS "request_reason?"
               FROM profiles p LEFT JOIN investors i USING (tenant_id, user_id)
               WHERE p.tenant_id = $1 AND p.user_id = $2"#,
            self.context().tenant.as_uuid(),
            id.as_uuid(),
        )
        .fetch_optional(self.conn())
        .await
        .map_err(store_error)?;
        let unknown = (id, String::new(), Investor::default());
        row.map_or(Ok(unknown), NamedInvestor::try_from)
    }

    async fn category_requests(&mut self, first: i64) -> Result<Vec<NamedInvestor>, StoreError> {
        let rows = sqlx::query_as!(
            InvestorRow,
            r#"SELECT p.user_id, coalesce(p.display_name, p.full_name, '') AS "name!", i.category,
                      i.per_project_minor, i.per_project_currency, i.per_12_months_minor,
                      i.per_12_months_currency, i.requested_at, i.request_reason
               FROM investors i JOIN profiles p USING (tenant_id, user_id)
               WHERE i.tenant_id = $1 AND i.requested_at IS NOT NULL
               ORDER BY i.requested_at, i.user_id LIMIT $2"#,
            self.context().tenant.as_uuid(),
            first,
        )
        .fetch_all(self.conn())
        .await
        .map_err(store_error)?;
        rows.into_iter().map(NamedInvestor::try_from).collect()
    }

    async fn save_investor(
        &mut self,
        id: UserId,
        investor: &Investor,
        (fact, by): (&InvestorFact, UserId),
    ) -> Result<(), StoreError> {
        self.register(id).await?;
        let Investor {
            category,
            limits:
                Limits {
                    per_project,
                    per_12_months,
                },
            request,
        } = investor;
        let currency = |limit: &Option<Money>| limit.map(|limit| limit.currency().code());
        sqlx::query!(
            "INSERT INTO investors (tenant_id, user_id, category, per_project_minor,
                 per_project_currency, per_12_months_minor, per_12_months_currency, requested_at,
                 request_reason)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             ON CONFLICT (tenant_id, user_id) DO UPDATE SET category = excluded.category,
                 per_project_minor = excluded.per_project_minor,
                 per_project_currency = excluded.per_project_currency,
                 per_12_months_minor = excluded.per_12_months_minor,
                 per_12_months_currency = excluded.per_12_months_currency,
                 requested_at = excluded.requested_at, request_reason = excluded.request_reason",
            self.context().tenant.as_uuid(),
            id.as_uuid(),
            category.to_string(),
            per_project.map(Money::minor),
            currency(per_project),
            per_12_months.map(Money::minor),
            currency(per_12_months),
            request.as_ref().map(|request| request.at),
            request.as_ref().map(|request| request.reason.as_str()),
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        publisher::investor(self, id, investor, (fact, by)).await
    }
}
