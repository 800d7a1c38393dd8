//! The queries, each in a unit of work of its own that changes nothing: so it has its tenant.

use async_trait::async_trait;
use authz::Actor;
use ids::{ParticipationId, ProjectId, UserId};
use pg::{Context, Database, Uow, store_error};
use uow::StoreError;
use uuid::Uuid;

use super::rows::{OfferingRow, ParticipationRow};
use crate::application::ports::{OfferingView, Page, Reads};
use crate::domain::{Offering, Participation};

#[async_trait]
impl Reads for Database {
    async fn offering(
        &self,
        actor: &Actor,
        project: ProjectId,
    ) -> Result<Option<OfferingView>, StoreError> {
        let mut uow = self.unit_of_work(Context::from(actor)).await?;
        let tenant = uow.context().tenant.as_uuid();
        let row = sqlx::query_as!(
            OfferingRow,
            "SELECT project_id, owner_id, currency, goal_minor, reserved_minor, approved_minor,
                    min_ticket_minor, max_ticket_minor, products_ticket_min_minor,
                    decision_hours, cooling_off_hours, deadline, status
             FROM offerings WHERE tenant_id = $1 AND project_id = $2",
            tenant,
            project.as_uuid(),
        )
        .fetch_optional(uow.conn())
        .await
        .map_err(store_error)?;
        let Some(row) = row else { return Ok(None) };
        let more = sqlx::query!(
            r#"SELECT seal_hash, (SELECT count(*) FROM participations p
                   WHERE p.tenant_id = o.tenant_id AND p.project_id = o.project_id
                     AND p.state IN ('APPROVED', 'ACTIVE', 'SETTLED', 'LIQUIDATED'))
                   AS "participants!"
               FROM offerings o WHERE tenant_id = $1 AND project_id = $2"#,
            tenant,
            project.as_uuid(),
        )
        .fetch_one(uow.conn())
        .await
        .map_err(store_error)?;
        Ok(Some(OfferingView {
            offering: Offering::try_from(row)?,
            participants: more.participants,
            seal_hash: more.seal_hash,
        }))
    }

    async fn participation(
        &self,
        actor: &Actor,
        id: ParticipationId,
    ) -> Result<Option<(UserId, Participation)>, StoreError> {
        let mut uow = self.unit_of_work(Context::from(actor)).await?;
        let all = Filter {
            id: Some(id.as_uuid()),
            ..Filter::default()
        };
        let Some(one) = list(&mut uow, all, ONE).await?.pop() else {
            return Ok(None);
        };
        let owner = sqlx::query_scalar!(
            "SELECT owner_id FROM offerings WHERE tenant_id = $1 AND project_id = $2",
            uow.context().tenant.as_uuid(),
            one.project.as_uuid(),
        )
        .fetch_one(uow.conn())
        .await
        .map_err(store_error)?;
        Ok(Some((owner.into(), one)))
    }

    async fn participations_of_investor(
        &self,
        actor: &Actor,
        investor: UserId,
        page: Page,
    ) -> Result<Vec<Participation>, StoreError> {
        let mut uow = self.unit_of_work(Context::from(actor)).await?;
        let of = Filter {
            investor: Some(investor.as_uuid()),
            ..Filter::default()
        };
        list(&mut uow, of, page).await
    }

    async fn participations_of_project(
        &self,
        actor: &Actor,
        project: ProjectId,
        page: Page,
    ) -> Result<Vec<Participation>, StoreError> {
        let mut uow = self.unit_of_work(Context::from(actor)).await?;
        let of = Filter {
            project: Some(project.as_uuid()),
            ..Filter::default()
        };
        list(&mut uow, of, page).await
    }
}

const ONE: Page = Page {
    first: 1,
    after: None,
};

/// Which participations; what is not given does not matter.
#[derive(Default)]
struct Filter {
    id: Option<Uuid>,
    investor: Option<Uuid>,
    project: Option<Uuid>,
}

/// Ids made later sort later, so that the order of ids is the order of time.
async fn list(uow: &mut Uow, of: Filter, page: Page) -> Result<Vec<Participation>, StoreError> {
    let rows = sqlx::query_as!(
        ParticipationRow,
        "SELECT p.participation_id, p.project_id, p.investor_id, p.amount_minor, o.currency,
                p.share_type, p.owner_stake, p.state, p.funding, p.reason, p.requested_at,
                p.decide_by, p.approved_at, p.cooling_off_until
         FROM participations p JOIN offerings o USING (tenant_id, project_id)
         WHERE p.tenant_id = $1
           AND ($2::uuid IS NULL OR p.participation_id = $2)
           AND ($3::uuid IS NULL OR p.investor_id = $3)
           AND ($4::uuid IS NULL OR p.project_id = $4)
           AND ($5::uuid IS NULL OR p.participation_id < $5)
         ORDER BY p.participation_id DESC LIMIT $6",
        uow.context().tenant.as_uuid(),
        of.id,
        of.investor,
        of.project,
        page.after.map(ParticipationId::as_uuid),
        page.first,
    )
    .fetch_all(uow.conn())
    .await
    .map_err(store_error)?;
    rows.into_iter().map(Participation::try_from).collect()
}
