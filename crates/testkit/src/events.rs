//! Events of other services, as their feeds would bring them.

use contracts::EventMessage;
use ids::{EventId, TenantId};
use journal::{Apply, ApplyError, Envelope};
use pg::Context;

use crate::TestDatabase;

/// A new event in its envelope; change a field where a test needs another.
pub fn envelope<E: EventMessage>(tenant: TenantId, event: &E) -> Envelope {
    let now = clock::to_text(clock::real_now());
    Envelope {
        specversion: "1.0".to_owned(),
        id: EventId::new(),
        source: "/fondeo/test".to_owned(),
        ty: E::TYPE.to_owned(),
        subject: EventId::new().as_uuid(),
        time: now.clone(),
        datacontenttype: "application/json".to_owned(),
        tenant,
        actor: "service:test".to_owned(),
        businesstime: now,
        correlationid: EventId::new().as_uuid(),
        causationid: None,
        aggregateversion: 1,
        data: serde_json::to_value(event).expect("an event is plain data"),
    }
}

impl TestDatabase {
    /// Applies it in a unit of work like a follower's, and commits where that succeeded.
    pub async fn hear(&self, apply: &dyn Apply, event: &Envelope) -> Result<(), ApplyError> {
        let context = Context {
            tenant: event.tenant,
            actor: format!("service:{}", self.db.service),
            correlation: event.correlationid,
            causation: Some(event.id),
        };
        let mut uow = self.db.unit_of_work(context).await?;
        apply.apply(&mut uow, event).await?;
        Ok(uow.commit().await?)
    }
}
