//! Participation's unit of work on PostgreSQL. The offering's row lock is what all rests on.

use async_trait::async_trait;
use ids::{ParticipationId, ProjectId, UserId};
use pg::{Uow, store_error};
use uow::StoreError;
use uuid::Uuid;

use super::rows::{OfferingRow, participations};
use super::{investors, publisher};
use crate::application::agreement::Agreement;
use crate::application::ports::{Identity, InvestorLimits, Tx};
use crate::domain::{Change, Offering, Participation, SealedList, Standing};

/// So many of a waiting list are looked at when room becomes free.
const WAITING: i64 = 200;

#[async_trait]
impl Tx for Uow {
    async fn offering_for_update(
        &mut self,
        project: ProjectId,
    ) -> Result<Option<Offering>, StoreError> {
        let row = sqlx::query_as!(
            OfferingRow,
            "SELECT project_id, owner_id, currency, goal_minor, reserved_minor, approved_minor,
                    stake_minor, min_ticket_minor, max_ticket_minor, products_ticket_min_minor,
                    decision_hours, cooling_off_hours, deadline, first_loss_minor, conditions,
                    status, numbers, suspended, gap_until
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
        let row = participations!("AND p.participation_id = $2", tenant, id.as_uuid())
            .fetch_one(self.conn())
            .await
            .map_err(store_error)?;
        Ok(Some((offering, row.try_into()?)))
    }

    async fn participations(
        &mut self,
        offering: &Offering,
    ) -> Result<Vec<Participation>, StoreError> {
        let rows = participations!(
            "AND p.project_id = $2 ORDER BY p.participation_id",
            self.context().tenant.as_uuid(),
            offering.state().project.as_uuid(),
        )
        .fetch_all(self.conn())
        .await
        .map_err(store_error)?;
        rows.into_iter().map(Participation::try_from).collect()
    }

    async fn chosen(
        &mut self,
        offering: &Offering,
        ids: &[ParticipationId],
    ) -> Result<Vec<Participation>, StoreError> {
        let ids: Vec<Uuid> = ids.iter().map(|id| id.as_uuid()).collect();
        let rows = participations!(
            "AND p.project_id = $2 AND p.participation_id = ANY ($3)",
            self.context().tenant.as_uuid(),
            offering.state().project.as_uuid(),
            &ids,
        )
        .fetch_all(self.conn())
        .await
        .map_err(store_error)?;
        rows.into_iter().map(Participation::try_from).collect()
    }

    async fn waiting(&mut self, offering: &Offering) -> Result<Vec<Participation>, StoreError> {
        let rows = participations!(
            "AND p.project_id = $2 AND p.state = 'WAITLISTED' ORDER BY p.number LIMIT $3",
            self.context().tenant.as_uuid(),
            offering.state().project.as_uuid(),
            WAITING,
        )
        .fetch_all(self.conn())
        .await
        .map_err(store_error)?;
        rows.into_iter().map(Participation::try_from).collect()
    }

    async fn lock_exposures(
        &mut self,
        offering: &Offering,
        investors: &[UserId],
    ) -> Result<(), StoreError> {
        investors::lock_exposures(self, offering, investors).await
    }

    async fn standing(
        &mut self,
        offering: &Offering,
        investor: UserId,
    ) -> Result<Standing, StoreError> {
        investors::standing(self, offering, investor).await
    }

    async fn open_offering(&mut self, offering: &Offering) -> Result<(), StoreError> {
        let state = offering.state();
        let terms = &state.terms;
        let conditions = terms.conditions.as_ref().map(serde_json::to_value);
        let conditions = conditions.transpose().map_err(StoreError::failed)?;
        sqlx::query!(
            "INSERT INTO offerings (tenant_id, project_id, owner_id, currency, goal_minor,
                 reserved_minor, approved_minor, min_ticket_minor, max_ticket_minor,
                 products_ticket_min_minor, decision_hours, cooling_off_hours, deadline, status,
                 first_loss_minor, conditions, suspended)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
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
            terms.first_loss_minor,
            conditions,
            state.suspended,
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

    async fn save_offering(&mut self, offering: &Offering) -> Result<(), StoreError> {
        update_offering(self, offering, None).await
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

    async fn save_deadline_missed(&mut self, offering: &Offering) -> Result<(), StoreError> {
        update_offering(self, offering, None).await?;
        publisher::deadline_missed(self, offering).await
    }

    async fn save_closed(
        &mut self,
        offering: &Offering,
        reason: &str,
        refunds: i64,
    ) -> Result<(), StoreError> {
        update_offering(self, offering, None).await?;
        publisher::closed(self, offering, reason, refunds).await
    }

    async fn keep_agreement(
        &mut self,
        id: ParticipationId,
        agreement: &Agreement,
    ) -> Result<(), StoreError> {
        let Agreement {
            version,
            language,
            text,
            sha256,
            agreed_at,
        } = agreement;
        sqlx::query!(
            "INSERT INTO agreements (tenant_id, participation_id, version, language, text, sha256,
                 agreed_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            self.context().tenant.as_uuid(),
            id.as_uuid(),
            version,
            <&str>::from(*language),
            text,
            sha256,
            *agreed_at,
        )
        .execute(self.conn())
        .await
        .map(drop)
        .map_err(store_error)
    }

    async fn keep_identity(&mut self, identity: Identity) -> Result<(), StoreError> {
        investors::keep_identity(self, identity).await
    }

    async fn keep_limits(&mut self, limits: InvestorLimits) -> Result<(), StoreError> {
        investors::keep_limits(self, limits).await
    }

    async fn keep_consent(
        &mut self,
        user: UserId,
        consent: &str,
        version: i32,
    ) -> Result<(), StoreError> {
        investors::keep_consent(self, user, consent, version).await
    }

    async fn keep_text(&mut self, consent: &str, version: i32) -> Result<(), StoreError> {
        investors::keep_text(self, consent, version).await
    }

    async fn keep_suspended(
        &mut self,
        project: ProjectId,
        suspended: bool,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "INSERT INTO project_flags (tenant_id, project_id, suspended) VALUES ($1, $2, $3)
             ON CONFLICT (tenant_id, project_id) DO UPDATE SET suspended = excluded.suspended",
            self.context().tenant.as_uuid(),
            project.as_uuid(),
            suspended,
        )
        .execute(self.conn())
        .await
        .map(drop)
        .map_err(store_error)
    }

    async fn is_suspended(&mut self, project: ProjectId) -> Result<bool, StoreError> {
        let kept = sqlx::query_scalar!(
            "SELECT suspended FROM project_flags WHERE tenant_id = $1 AND project_id = $2",
            self.context().tenant.as_uuid(),
            project.as_uuid(),
        )
        .fetch_optional(self.conn())
        .await
        .map_err(store_error)?;
        Ok(kept.unwrap_or(false))
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
        "UPDATE offerings SET reserved_minor = $3, approved_minor = $4, stake_minor = $5,
                              status = $6, seal_hash = coalesce($7, seal_hash), numbers = $8,
                              suspended = $9, gap_until = $10
         WHERE tenant_id = $1 AND project_id = $2",
        uow.context().tenant.as_uuid(),
        state.project.as_uuid(),
        state.reserved_minor,
        state.approved_minor,
        state.stake_minor,
        <&str>::from(state.status),
        seal_hash,
        state.numbers,
        state.suspended,
        state.gap_until,
    )
    .execute(uow.conn())
    .await
    .map_err(store_error)?;
    Ok(())
}

/// Stores it, and moves what its investor has in all by what it counts more or less than before;
/// that row is locked where this is not nothing.
async fn upsert_participation(uow: &mut Uow, one: &Participation) -> Result<(), StoreError> {
    let signature = one.signature.as_ref();
    sqlx::query!(
        "WITH before AS (
             SELECT coalesce(sum(amount_minor), 0)::bigint AS minor FROM participations
             WHERE tenant_id = $1 AND participation_id = $2
               AND state IN ('REQUESTED', 'APPROVED', 'ACTIVE', 'SETTLED', 'LIQUIDATED')),
         stored AS (
             INSERT INTO participations (tenant_id, participation_id, project_id, investor_id,
                 amount_minor, share_type, owner_stake, state, funding, reason, requested_at,
                 decide_by, approved_at, cooling_off_until, asked_minor, allow_partial, number,
                 refused_at, notice_id, renew_by, agreement_version, agreement_hash)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
                 $18, $19, $20, $21, $22)
             ON CONFLICT (tenant_id, participation_id)
             DO UPDATE SET amount_minor = excluded.amount_minor, state = excluded.state,
                 funding = excluded.funding, reason = excluded.reason,
                 decide_by = excluded.decide_by, refused_at = excluded.refused_at,
                 approved_at = excluded.approved_at,
                 cooling_off_until = excluded.cooling_off_until,
                 notice_id = excluded.notice_id, renew_by = excluded.renew_by)
         UPDATE investor_exposure
         SET committed_minor = committed_minor + $23::bigint - before.minor
         FROM before WHERE tenant_id = $1 AND investor_id = $4 AND currency = $24
           AND before.minor <> $23::bigint",
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
        one.asked.minor(),
        one.allow_partial,
        one.number,
        one.refused_at,
        one.renewal.map(|renewal| renewal.notice.as_uuid()),
        one.renewal.map(|renewal| renewal.renew_by),
        signature.map(|signature| signature.version.as_str()),
        signature.map(|signature| signature.sha256.as_str()),
        one.counted_minor(),
        one.amount.currency().code(),
    )
    .execute(uow.conn())
    .await
    .map_err(store_error)?;
    Ok(())
}
