//! Writing an event: in the transaction of the effect that it speaks of.

use async_trait::async_trait;
use contracts::EventMessage;
use ids::EventId;
use pg::{Uow, store_error};
use uow::{StoreError, UnitOfWork as _};
use uuid::Uuid;

use crate::Envelope;

/// A unit of work can record.
#[async_trait]
pub trait Record {
    /// Stores the event beside the effect. The aggregate's row is locked, so that its events are
    /// numbered without gaps; the unique key proves it.
    async fn record<E: EventMessage + Sync>(
        &mut self,
        aggregate: Uuid,
        event: &E,
    ) -> Result<EventId, StoreError>;
}

#[async_trait]
impl Record for Uow {
    async fn record<E: EventMessage + Sync>(
        &mut self,
        aggregate: Uuid,
        event: &E,
    ) -> Result<EventId, StoreError> {
        let context = self.context().clone();
        let tenant = context.tenant.as_uuid();
        let version = sqlx::query_scalar!(
            r#"SELECT coalesce(max(aggregate_version), 0) + 1 AS "next!"
               FROM journal WHERE tenant_id = $1 AND aggregate = $2"#,
            tenant,
            aggregate,
        )
        .fetch_one(self.conn())
        .await
        .map_err(store_error)?;
        let envelope = Envelope {
            specversion: "1.0".to_owned(),
            id: EventId::new(),
            source: format!("/fondeo/{}", self.service()),
            ty: E::TYPE.to_owned(),
            subject: aggregate,
            time: clock::to_text(clock::real_now()),
            datacontenttype: "application/json".to_owned(),
            tenant: context.tenant,
            actor: context.actor,
            businesstime: clock::to_text(self.now()),
            correlationid: context.correlation,
            causationid: context.causation,
            aggregateversion: version,
            data: serde_json::to_value(event).map_err(StoreError::failed)?,
        };
        let body = serde_json::to_string(&envelope).map_err(StoreError::failed)?;
        sqlx::query!(
            "WITH event AS (
                 INSERT INTO journal
                     (event_id, tenant_id, aggregate, aggregate_version, type, body, actor)
                 VALUES ($1, $2, $3, $4, $5, $6, $7))
             INSERT INTO journal_queue (tenant_id, event_id) VALUES ($2, $1)",
            envelope.id.as_uuid(),
            tenant,
            aggregate,
            version,
            E::TYPE,
            body,
            envelope.actor,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        self.note_recorded();
        Ok(envelope.id)
    }
}
