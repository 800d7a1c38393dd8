//! Where units of work come from, and what is due in them: looked up over all tenants, decided
//! under the lock.

use async_trait::async_trait;
use authz::Actor;
use ids::{ParticipationId, ProjectId, TenantId};
use pg::{Context, Database, store_error};
use uow::StoreError;
use uuid::Uuid;

use crate::application::ports::{Store, Tx};

/// How many rows one sweep takes.
const SWEEP: i64 = 200;

struct Due {
    tenant_id: Uuid,
    id: Uuid,
}

/// What one of these queries finds.
macro_rules! due {
    ($db:ident, $query:literal) => {
        sqlx::query_as!(Due, $query, SWEEP)
            .fetch_all($db.worker())
            .await
            .map(named)
            .map_err(store_error)
    };
}

fn named<Id: From<Uuid>>(rows: Vec<Due>) -> Vec<(TenantId, Id)> {
    let named = |due: Due| (TenantId::from(due.tenant_id), Id::from(due.id));
    rows.into_iter().map(named).collect()
}

#[async_trait]
impl Store for Database {
    async fn begin(&self, actor: &Actor) -> Result<Box<dyn Tx>, StoreError> {
        Ok(Box::new(self.unit_of_work(Context::from(actor)).await?))
    }

    async fn overdue(&self) -> Result<Vec<(TenantId, ParticipationId)>, StoreError> {
        due!(
            self,
            "SELECT tenant_id, participation_id AS id FROM participations, business_clock
             WHERE state IN ('REQUESTED', 'WAITLISTED')
               AND decide_by <= now() + make_interval(secs => offset_s::float8)
             ORDER BY decide_by LIMIT $1"
        )
    }

    async fn unrenewed(&self) -> Result<Vec<(TenantId, ParticipationId)>, StoreError> {
        due!(
            self,
            "SELECT tenant_id, participation_id AS id FROM participations, business_clock
             WHERE renew_by <= now() + make_interval(secs => offset_s::float8)
             ORDER BY renew_by LIMIT $1"
        )
    }

    async fn missed_offerings(&self) -> Result<Vec<(TenantId, ProjectId)>, StoreError> {
        due!(
            self,
            "SELECT tenant_id, project_id AS id FROM offerings, business_clock,
                    LATERAL (SELECT now() + make_interval(secs => offset_s::float8) AS now) t
             WHERE status = 'OPEN' AND deadline <= t.now AND reserved_minor = 0
               AND (gap_until IS NULL OR gap_until <= t.now)
             LIMIT $1"
        )
    }

    async fn promotable_offerings(&self) -> Result<Vec<(TenantId, ProjectId)>, StoreError> {
        due!(
            self,
            "SELECT o.tenant_id, o.project_id AS id FROM offerings o, business_clock
             WHERE o.status = 'OPEN' AND NOT o.suspended AND o.numbers > 0
               AND o.deadline > now() + make_interval(secs => offset_s::float8)
               AND EXISTS (
                   SELECT FROM participations p
                   WHERE p.tenant_id = o.tenant_id AND p.project_id = o.project_id
                     AND p.state = 'WAITLISTED' AND p.renew_by IS NULL
                     AND o.goal_minor - o.reserved_minor - o.approved_minor
                         >= CASE WHEN p.allow_partial THEN 1 ELSE p.amount_minor END)
             LIMIT $1"
        )
    }

    async fn sealable_offerings(&self) -> Result<Vec<(TenantId, ProjectId)>, StoreError> {
        due!(
            self,
            "SELECT o.tenant_id, o.project_id AS id FROM offerings o, business_clock
             WHERE o.status = 'FULL' AND o.stake_minor >= o.first_loss_minor AND NOT EXISTS (
                 SELECT FROM participations p
                 WHERE p.tenant_id = o.tenant_id AND p.project_id = o.project_id
                   AND p.state = 'APPROVED'
                   AND (p.funding <> 'CAPTURED' OR p.renew_by IS NOT NULL
                        OR p.cooling_off_until
                           > now() + make_interval(secs => offset_s::float8)))
             LIMIT $1"
        )
    }
}
