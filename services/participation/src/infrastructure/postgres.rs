//! Participation's unit of work on PostgreSQL. The offering's row lock is what all rests on.

use async_trait::async_trait;
use authz::Actor;
use ids::{ParticipationId, ProjectId, TenantId, UserId};
use pg::{Context, Database, Uow, store_error};
use uow::{StoreError, UnitOfWork as _};

use super::publisher;
use super::rows::{OfferingRow, ParticipationRow};
use crate::application::ports::{Investor, Store, Tx};
use crate::domain::{Change, Offering, Participation, SealedList, Standing};

/// How many rows one sweep takes.
const SWEEP: i64 = 200;

#[async_trait]
impl Tx for Uow {
    async fn offering_for_update(
        &mut self,
        project: ProjectId,
    ) -> Result<Option<Offering>, StoreError> {
        let row = sqlx::query_as!(
            OfferingRow,
            "SELECT project_id, owner_id, currency, goal_minor, reserved_minor, approved_minor,
                    min_ticket_minor, max_ticket_minor, products_ticket_min_minor,
                    decision_hours, cooling_off_hours, deadline, status
             FROM offerings WHERE tenant_id = $1 AND project_id = $2 FOR UPDATE",
            self.context().tenant.as_uuid(),
            project.as_uuid(),
        )
        .fetch_optional(self.conn())
        .await
        .map_err(store_error)?;
        row.map(Offering::try_from).transpose()
    }

    async fn participation_for_update(
        &mut self,
        id: ParticipationId,
    ) -> Result<Option<(Offering, Participation)>, StoreError> {
        let tenant = self.context().tenant.as_uuid();
        let project = sqlx::query_scalar!(
            "SELECT project_id FROM participations
             WHERE tenant_id = $1 AND participation_id = $2",
            tenant,
            id.as_uuid(),
        )
        .fetch_optional(self.conn())
        .await
        .map_err(store_error)?;
        let Some(project) = project else {
            return Ok(None);
        };
        let Some(offering) = self.offering_for_update(project.into()).await? else {
            return Ok(None);
        };
        // Read again, now that nobody else can change it.
        let row = sqlx::query_as!(
            ParticipationRow,
            "SELECT p.participation_id, p.project_id, p.investor_id, p.amount_minor, o.currency,
                    p.share_type, p.owner_stake, p.state, p.funding, p.reason, p.requested_at,
                    p.decide_by, p.approved_at, p.cooling_off_until
             FROM participations p JOIN offerings o USING (tenant_id, project_id)
             WHERE p.tenant_id = $1 AND p.participation_id = $2",
            tenant,
            id.as_uuid(),
        )
        .fetch_one(self.conn())
        .await
        .map_err(store_error)?;
        Ok(Some((offering, row.try_into()?)))
    }

    async fn participations(
        &mut self,
        offering: &Offering,
    ) -> Result<Vec<Participation>, StoreError> {
        let rows = sqlx::query_as!(
            ParticipationRow,
            "SELECT p.participation_id, p.project_id, p.investor_id, p.amount_minor, o.currency,
                    p.share_type, p.owner_stake, p.state, p.funding, p.reason, p.requested_at,
                    p.decide_by, p.approved_at, p.cooling_off_until
             FROM participations p JOIN offerings o USING (tenant_id, project_id)
             WHERE p.tenant_id = $1 AND p.project_id = $2 ORDER BY p.participation_id",
            self.context().tenant.as_uuid(),
            offering.state().project.as_uuid(),
        )
        .fetch_all(self.conn())
        .await
        .map_err(store_error)?;
        rows.into_iter().map(Participation::try_from).collect()
    }

    async fn standing(
        &mut self,
        offering: &Offering,
        investor: UserId,
    ) -> Result<Standing, StoreError> {
        let now = self.now();
        let row = sqlx::query!(
            r#"SELECT EXISTS (SELECT FROM investors WHERE tenant_id = $1 AND user_id = $3
                          AND verified AND (valid_until IS NULL OR valid_until > $4))
                          AS "verified!",
                      coalesce(bool_or(state = 'REQUESTED' AND funding = 'PENDING'), false)
                          AS "has_unfunded_request!",
                      coalesce(sum(amount_minor) FILTER
                          (WHERE state IN ('REQUESTED', 'APPROVED', 'ACTIVE')), 0)::bigint
                          AS "committed_minor!"
               FROM participations
               WHERE tenant_id = $1 AND project_id = $2 AND investor_id = $3"#,
            self.context().tenant.as_uuid(),
            offering.state().project.as_uuid(),
            investor.as_uuid(),
            now,
        )
        .fetch_one(self.conn())
        .await
        .map_err(store_error)?;
        Ok(Standing {
            verified: row.verified,
            has_unfunded_request: row.has_unfunded_request,
            committed_minor: row.committed_minor,
        })
    }

    async fn open_offering(&mut self, offering: &Offering) -> Result<(), StoreError> {
        let state = offering.state();
        let terms = &state.terms;
        sqlx::query!(
            "INSERT INTO offerings (tenant_id, project_id, owner_id, currency, goal_minor,
                 reserved_minor, approved_minor, min_ticket_minor, max_ticket_minor,
                 products_ticket_min_minor, decision_hours, cooling_off_hours, deadline, status)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
            self.context().tenant.as_uuid(),
            state.project.as_uuid(),
            state.owner.as_uuid(),
            state.currency.code(),
            state.goal_minor,
            state.reserved_minor,
            state.approved_minor,
            terms.min_ticket_minor,
            terms.max_ticket_minor,
            terms.products_ticket_min_minor,
            i32::try_from(terms.decision_hours).map_err(StoreError::failed)?,
            i32::try_from(terms.cooling_off_hours).map_err(StoreError::failed)?,
            terms.deadline,
            <&str>::from(state.status),
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        publisher::opened(self, offering).await
    }

    async fn save(
        &mut self,
        offering: &Offering,
        participation: &Participation,
        change: Change,
    ) -> Result<(), StoreError> {
        update_offering(self, offering, None).await?;
        upsert_participation(self, participation).await?;
        publisher::changed(self, offering, participation, change).await
    }

    async fn save_sealed(
        &mut self,
        offering: &Offering,
        list: &SealedList,
        hash: &str,
    ) -> Result<(), StoreError> {
        update_offering(self, offering, Some(hash)).await?;
        publisher::sealed(self, offering, list, hash).await
    }

    async fn save_closed(&mut self, offering: &Offering, reason: &str) -> Result<(), StoreError> {
        update_offering(self, offering, None).await?;
        publisher::closed(self, offering, reason).await
    }

    async fn keep_investor(&mut self, investor: Investor) -> Result<(), StoreError> {
        let Investor {
            id,
            verified,
            valid_until,
        } = investor;
        sqlx::query!(
            "INSERT INTO investors (tenant_id, user_id, verified, valid_until)
             VALUES ($1, $2, $3, $4)
             ON CONFLICT (tenant_id, user_id)
             DO UPDATE SET verified = excluded.verified, valid_until = excluded.valid_until",
            self.context().tenant.as_uuid(),
            id.as_uuid(),
            verified,
            valid_until,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        Ok(())
    }
}

/// The parts of an offering that change; a hash once set stays.
async fn update_offering(
    uow: &mut Uow,
    offering: &Offering,
    seal_hash: Option<&str>,
) -> Result<(), StoreError> {
    let state = offering.state();
    sqlx::query!(
        "UPDATE offerings SET reserved_minor = $3, approved_minor = $4, status = $5,
                              seal_hash = coalesce($6, seal_hash)
         WHERE tenant_id = $1 AND project_id = $2",
        uow.context().tenant.as_uuid(),
        state.project.as_uuid(),
        state.reserved_minor,
        state.approved_minor,
        <&str>::from(state.status),
        seal_hash,
    )
    .execute(uow.conn())
    .await
    .map_err(store_error)?;
    Ok(())
}

async fn upsert_participation(uow: &mut Uow, one: &Participation) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO participations (tenant_id, participation_id, project_id, investor_id,
             amount_minor, share_type, owner_stake, state, funding, reason, requested_at,
             decide_by, approved_at, cooling_off_until)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
         ON CONFLICT (tenant_id, participation_id)
         DO UPDATE SET state = excluded.state, funding = excluded.funding,
             reason = excluded.reason, approved_at = excluded.approved_at,
             cooling_off_until = excluded.cooling_off_until",
        uow.context().tenant.as_uuid(),
        one.id.as_uuid(),
        one.project.as_uuid(),
        one.investor.as_uuid(),
        one.amount.minor(),
        <&str>::from(one.share_type),
        one.owner_stake,
        <&str>::from(one.state),
        <&str>::from(one.funding),
        one.reason,
        one.requested_at,
        one.decide_by,
        one.approved_at,
        one.cooling_off_until,
    )
    .execute(uow.conn())
    .await
    .map_err(store_error)?;
    Ok(())
}

#[async_trait]
impl Store for Database {
    async fn begin(&self, actor: &Actor) -> Result<Box<dyn Tx>, StoreError> {
        Ok(Box::new(self.unit_of_work(Context::from(actor)).await?))
    }

    async fn overdue_requests(&self) -> Result<Vec<(TenantId, ParticipationId)>, StoreError> {
        let rows = sqlx::query!(
            "SELECT tenant_id, participation_id FROM participations, business_clock
             WHERE state = 'REQUESTED'
               AND decide_by <= now() + make_interval(secs => offset_s::float8)
             ORDER BY decide_by LIMIT $1",
            SWEEP,
        )
        .fetch_all(self.worker())
        .await
        .map_err(store_error)?;
        let due = |tenant, id| (TenantId::from(tenant), ParticipationId::from(id));
        Ok(rows
            .into_iter()
            .map(|row| due(row.tenant_id, row.participation_id))
            .collect())
    }

    async fn sealable_offerings(&self) -> Result<Vec<(TenantId, ProjectId)>, StoreError> {
        let rows = sqlx::query!(
            "SELECT o.tenant_id, o.project_id FROM offerings o, business_clock
             WHERE o.status = 'FULL' AND NOT EXISTS (
                 SELECT FROM participations p
                 WHERE p.tenant_id = o.tenant_id AND p.project_id = o.project_id
                   AND p.state = 'APPROVED'
                   AND (p.funding <> 'CAPTURED' OR p.cooling_off_until
                        > now() + make_interval(secs => offset_s::float8)))
             LIMIT $1",
            SWEEP,
        )
        .fetch_all(self.worker())
        .await
        .map_err(store_error)?;
        let due = |tenant, id| (TenantId::from(tenant), ProjectId::from(id));
        Ok(rows
            .into_iter()
            .map(|row| due(row.tenant_id, row.project_id))
            .collect())
    }
}
