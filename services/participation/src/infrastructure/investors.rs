//! What is known of investors: identity, consents, limits, and what they have put in.

use ids::UserId;
use money::Money;
use pg::{Uow, store_error};
use strum::IntoEnumIterator as _;
use time::{Duration, OffsetDateTime};
use uow::{StoreError, UnitOfWork as _};
use uuid::Uuid;

use crate::application::ports::{Identity, InvestorLimits};
use crate::domain::{Consent, Limit, Offering, Standing};

/// Who asked without funds this often in this time pauses until the first of them is that old.
const REFUSALS_MAX: i64 = 3;
const REFUSALS_WINDOW: Duration = Duration::hours(24);

/// In the order given. A row that is not there is made first, so that there is one to lock.
pub(super) async fn lock_exposures(
    uow: &mut Uow,
    offering: &Offering,
    investors: &[UserId],
) -> Result<(), StoreError> {
    let tenant = uow.context().tenant.as_uuid();
    let currency = offering.state().currency.code();
    let ids: Vec<Uuid> = investors.iter().map(|id| id.as_uuid()).collect();
    sqlx::query!(
        "INSERT INTO investor_exposure (tenant_id, investor_id, currency, committed_minor)
         SELECT $1, id, $3, 0 FROM unnest($2::uuid[]) AS id ORDER BY id
         ON CONFLICT DO NOTHING",
        tenant,
        &ids,
        currency,
    )
    .execute(uow.conn())
    .await
    .map_err(store_error)?;
    sqlx::query!(
        "SELECT investor_id FROM investor_exposure
         WHERE tenant_id = $1 AND investor_id = ANY ($2) AND currency = $3
         ORDER BY investor_id FOR UPDATE",
        tenant,
        &ids,
        currency,
    )
    .fetch_all(uow.conn())
    .await
    .map_err(store_error)?;
    Ok(())
}

pub(super) async fn standing(
    uow: &mut Uow,
    offering: &Offering,
    investor: UserId,
) -> Result<Standing, StoreError> {
    let now = uow.now();
    let since = now - REFUSALS_WINDOW;
    let state = offering.state();
    let tenant = uow.context().tenant.as_uuid();
    let used = sqlx::query!(
        r#"SELECT coalesce(bool_or(p.state = 'REQUESTED' AND p.funding = 'PENDING')
                      FILTER (WHERE p.project_id = $2), false) AS "has_unfunded_request!",
                  coalesce(bool_or(p.state = 'WAITLISTED') FILTER (WHERE p.project_id = $2), false)
                      AS "is_waiting!",
                  coalesce(sum(p.amount_minor) FILTER (WHERE p.project_id = $2 AND p.state IN
                      ('REQUESTED', 'APPROVED', 'ACTIVE', 'SETTLED', 'LIQUIDATED')), 0)::bigint
                      AS "in_project!",
                  coalesce(sum(p.amount_minor) FILTER (WHERE o.currency = $4
                      AND p.requested_at > $5::timestamptz - interval '12 months' AND p.state IN
                      ('REQUESTED', 'APPROVED', 'ACTIVE', 'SETTLED', 'LIQUIDATED')), 0)::bigint
                      AS "in_twelve_months!",
                  (SELECT refused_at FROM participations r
                   WHERE r.tenant_id = $1 AND r.investor_id = $3 AND r.refused_at > $6
                   ORDER BY r.refused_at DESC OFFSET $7 LIMIT 1) AS refused_at
           FROM participations p JOIN offerings o USING (tenant_id, project_id)
           WHERE p.tenant_id = $1 AND p.investor_id = $3"#,
        tenant,
        state.project.as_uuid(),
        investor.as_uuid(),
        state.currency.code(),
        now,
        since,
        REFUSALS_MAX - 1,
    )
    .fetch_one(uow.conn())
    .await
    .map_err(store_error)?;
    let Known {
        verified,
        per_project,
        per_12_months,
    } = known(uow, offering, investor).await?;
    Ok(Standing {
        verified,
        consent_needed: consent_needed(uow, investor).await?,
        paused_until: used
            .refused_at
            .map(|at: OffsetDateTime| at + REFUSALS_WINDOW),
        has_unfunded_request: used.has_unfunded_request,
        is_waiting: used.is_waiting,
        in_project: Limit {
            max_minor: per_project,
            used_minor: used.in_project,
        },
        in_twelve_months: Limit {
            max_minor: per_12_months,
            used_minor: used.in_twelve_months,
        },
    })
}

/// What Users said of an investor, as it is now and in the offering's currency.
#[derive(Default)]
struct Known {
    verified: bool,
    per_project: Option<i64>,
    per_12_months: Option<i64>,
}

async fn known(uow: &mut Uow, offering: &Offering, investor: UserId) -> Result<Known, StoreError> {
    let now = uow.now();
    let code = offering.state().currency.code();
    let row = sqlx::query!(
        "SELECT verified, valid_until, per_project_currency, per_project_minor,
                per_12_months_currency, per_12_months_minor
         FROM investors WHERE tenant_id = $1 AND user_id = $2",
        uow.context().tenant.as_uuid(),
        investor.as_uuid(),
    )
    .fetch_optional(uow.conn())
    .await
    .map_err(store_error)?;
    let Some(row) = row else {
        return Ok(Known::default());
    };
    let counts = |currency: Option<String>| currency.as_deref() == Some(code);
    Ok(Known {
        verified: row.verified && row.valid_until.is_none_or(|until| now < until),
        per_project: row
            .per_project_minor
            .filter(|_| counts(row.per_project_currency)),
        per_12_months: row
            .per_12_months_minor
            .filter(|_| counts(row.per_12_months_currency)),
    })
}

/// The first text in force that this person did not agree to in its version.
async fn consent_needed(
    uow: &mut Uow,
    investor: UserId,
) -> Result<Option<(Consent, i32)>, StoreError> {
    let needed: Vec<String> = Consent::iter().map(|consent| consent.to_string()).collect();
    let lacking = sqlx::query!(
        "SELECT t.consent, t.version FROM consent_texts t
         WHERE t.tenant_id = $1 AND t.consent = ANY ($3) AND NOT EXISTS (
             SELECT FROM consents c WHERE c.tenant_id = $1 AND c.user_id = $2
               AND c.consent = t.consent AND c.version >= t.version)
         ORDER BY t.consent DESC LIMIT 1",
        uow.context().tenant.as_uuid(),
        investor.as_uuid(),
        &needed,
    )
    .fetch_optional(uow.conn())
    .await
    .map_err(store_error)?;
    lacking
        .map(|text| Ok((pg::stored(&text.consent)?, text.version)))
        .transpose()
}

pub(super) async fn keep_identity(uow: &mut Uow, identity: Identity) -> Result<(), StoreError> {
    let Identity {
        investor,
        verified,
        valid_until,
    } = identity;
    sqlx::query!(
        "INSERT INTO investors (tenant_id, user_id, verified, valid_until)
         VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id, user_id)
         DO UPDATE SET verified = excluded.verified, valid_until = excluded.valid_until",
        uow.context().tenant.as_uuid(),
        investor.as_uuid(),
        verified,
        valid_until,
    )
    .execute(uow.conn())
    .await
    .map(drop)
    .map_err(store_error)
}

pub(super) async fn keep_limits(uow: &mut Uow, limits: InvestorLimits) -> Result<(), StoreError> {
    let InvestorLimits {
        investor,
        per_project,
        per_12_months,
    } = limits;
    let currency = |limit: Option<Money>| limit.map(|limit| limit.currency().code());
    sqlx::query!(
        "INSERT INTO investors (tenant_id, user_id, per_project_currency, per_project_minor,
             per_12_months_currency, per_12_months_minor)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (tenant_id, user_id)
         DO UPDATE SET per_project_currency = excluded.per_project_currency,
             per_project_minor = excluded.per_project_minor,
             per_12_months_currency = excluded.per_12_months_currency,
             per_12_months_minor = excluded.per_12_months_minor",
        uow.context().tenant.as_uuid(),
        investor.as_uuid(),
        currency(per_project),
        per_project.map(Money::minor),
        currency(per_12_months),
        per_12_months.map(Money::minor),
    )
    .execute(uow.conn())
    .await
    .map(drop)
    .map_err(store_error)
}

pub(super) async fn keep_consent(
    uow: &mut Uow,
    user: UserId,
    consent: &str,
    version: i32,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO consents (tenant_id, user_id, consent, version) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id, user_id, consent)
         DO UPDATE SET version = greatest(consents.version, excluded.version)",
        uow.context().tenant.as_uuid(),
        user.as_uuid(),
        consent,
        version,
    )
    .execute(uow.conn())
    .await
    .map(drop)
    .map_err(store_error)
}

pub(super) async fn keep_text(
    uow: &mut Uow,
    consent: &str,
    version: i32,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO consent_texts (tenant_id, consent, version) VALUES ($1, $2, $3)
         ON CONFLICT (tenant_id, consent)
         DO UPDATE SET version = greatest(consent_texts.version, excluded.version)",
        uow.context().tenant.as_uuid(),
        consent,
        version,
    )
    .execute(uow.conn())
    .await
    .map(drop)
    .map_err(store_error)
}
