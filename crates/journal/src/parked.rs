//! Events that could not be applied: looked at, and tried again when an administrator says so.

use authz::Actor;
use contracts::journal::{ParkedEvent, ParkedReplayed, ReplayParkedRequest};
use ids::TenantId;
use pg::{Context, Database, store_error};
use tonic::{Code, Status};
use uow::StoreError;

use crate::{Envelope, Record as _};

/// The most that is shown at once.
const SHOWN: i64 = 1_000;

/// The tenant's parked events, in the order of their producers.
pub(crate) async fn list(db: &Database, tenant: TenantId) -> Result<Vec<ParkedEvent>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT producer, seq, aggregate, reason, body, at, retry_at FROM parked
         ORDER BY producer, seq LIMIT $1",
        SHOWN,
    )
    .fetch_all(db.worker())
    .await?;
    let shown = rows.into_iter().filter_map(|row| {
        let event = Envelope::read(row.seq, &row.body).ok()?;
        (event.tenant == tenant).then_some(ParkedEvent {
            producer: row.producer,
            seq: row.seq,
            aggregate: row.aggregate,
            r#type: event.ty,
            reason: row.reason,
            parked_at: clock::to_text(row.at),
            waits_for_retry: row.retry_at.is_some(),
        })
    });
    Ok(shown.collect())
}

/// Marks an aggregate's parked events; whoever follows the producer takes them up.
pub(crate) async fn ask_again(
    db: &Database,
    actor: Actor,
    asked: ReplayParkedRequest,
) -> Result<i64, Status> {
    let mine = list(db, actor.tenant).await.map_err(store_error);
    let mine = mine.map_err(|error| link::fault(&error))?;
    let is_asked = |event: &&ParkedEvent| {
        event.producer == asked.producer && event.aggregate == asked.aggregate
    };
    let Some(first) = mine.iter().find(is_asked) else {
        let what = "nothing of this aggregate is parked here: see `parked` for what is";
        return Err(link::refuse(Code::NotFound, "not_parked", what));
    };
    let aggregate = first.aggregate.parse();
    let aggregate = aggregate.map_err(|_| link::malformed("aggregate"))?;
    let marked = async {
        let mut uow = db.unit_of_work(Context::from(&actor)).await?;
        let marked = sqlx::query!(
            "UPDATE parked SET retry_at = now() WHERE producer = $1 AND aggregate = $2",
            asked.producer,
            asked.aggregate,
        )
        .execute(uow.conn())
        .await
        .map_err(store_error)?;
        let event = ParkedReplayed {
            producer: asked.producer.clone(),
            aggregate: asked.aggregate.clone(),
        };
        uow.record(aggregate, &event).await?;
        uow.commit().await?;
        Ok::<_, StoreError>(marked.rows_affected())
    };
    let marked = marked.await.map_err(|error| link::fault(&error))?;
    Ok(marked.try_into().unwrap_or(i64::MAX))
}
