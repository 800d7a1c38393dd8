//! What every service offers about its record, by gRPC.

use std::sync::Arc;
use std::time::Duration;

use contracts::journal::journal_server::Journal;
use contracts::journal::{
    Check, ClockReply, ClockRequest, Entry, FeedReply, FeedRequest, ParkedReply, ParkedRequest,
    ReplayParkedReply, ReplayParkedRequest, TimeLineReply, TimeLineRequest, VerifyReply,
    VerifyRequest,
};
use futures::future::BoxFuture;
use pg::Database;
use tokio::sync::watch;
use tonic::{Request, Response, Status};
use uuid::Uuid;

use crate::verify_chain;

/// The most events of one thing in an answer.
const TIME_LINE: i32 = 500;

/// A service's own invariants, checked together with its chain.
pub type Verification =
    Arc<dyn Fn(Database) -> BoxFuture<'static, Result<Vec<Check>, sqlx::Error>> + Send + Sync>;

/// The events after a place, in their order.
pub async fn entries(db: &Database, after: i64, limit: i64) -> Result<Vec<Entry>, sqlx::Error> {
    sqlx::query_as!(
        Entry,
        "SELECT o.seq, o.hash, j.body FROM journal_order o JOIN journal j USING (event_id)
         WHERE o.seq > $1 ORDER BY o.seq LIMIT $2",
        after,
        limit,
    )
    .fetch_all(db.worker())
    .await
}

/// The `Journal` rpcs over one database.
pub struct Feed {
    db: Database,
    head: watch::Receiver<i64>,
    verification: Verification,
}

impl Feed {
    /// `head` comes from this service's sequencer.
    pub fn new(db: Database, head: watch::Receiver<i64>, verification: Verification) -> Self {
        Self {
            db,
            head,
            verification,
        }
    }
}

#[tonic::async_trait]
impl Journal for Feed {
    async fn feed(&self, request: Request<FeedRequest>) -> Result<Response<FeedReply>, Status> {
        let FeedRequest {
            after_seq,
            limit,
            wait_ms,
        } = request.into_inner();
        let limit = i64::from(limit.clamp(1, 1_000));
        let patience = Duration::from_millis(u64::from(wait_ms.clamp(0, 5_000).unsigned_abs()));
        let mut head = self.head.clone();
        // No news within the patience is an empty answer, not an error.
        let news = head.wait_for(|seq| *seq > after_seq);
        if tokio::time::timeout(patience, news).await.is_err() {
            return Ok(Response::new(FeedReply {
                entries: Vec::new(),
            }));
        }
        let entries = entries(&self.db, after_seq, limit).await.map_err(fault)?;
        Ok(Response::new(FeedReply { entries }))
    }

    async fn verify(&self, _: Request<VerifyRequest>) -> Result<Response<VerifyReply>, Status> {
        let (mut checks, head, events) = verify_chain(&self.db).await.map_err(fault)?;
        checks.extend((self.verification)(self.db.clone()).await.map_err(fault)?);
        Ok(Response::new(VerifyReply {
            events,
            head: head.to_vec(),
            checks,
        }))
    }

    async fn clock(&self, _: Request<ClockRequest>) -> Result<Response<ClockReply>, Status> {
        let clock = sqlx::query!(
            r#"SELECT offset_s, now() + offset_s * interval '1 second' AS "now!"
               FROM business_clock"#
        )
        .fetch_one(self.db.worker())
        .await
        .map_err(fault)?;
        Ok(Response::new(ClockReply {
            offset_s: clock.offset_s,
            business_now: clock::to_text(clock.now),
        }))
    }

    async fn time_line(
        &self,
        request: Request<TimeLineRequest>,
    ) -> Result<Response<TimeLineReply>, Status> {
        let tenant = link::actor(&request)?.tenant;
        let TimeLineRequest {
            id,
            first,
            after_seq,
        } = request.into_inner();
        let id: Uuid = link::read(&id, "id")?;
        let entries = sqlx::query_as!(
            Entry,
            "SELECT o.seq, o.hash, j.body FROM journal_mention m JOIN journal_order o USING (seq)
                 JOIN journal j USING (event_id)
             WHERE m.tenant_id = $1 AND m.id = $2 AND m.seq > $3 ORDER BY m.seq LIMIT $4",
            tenant.as_uuid(),
            id,
            after_seq,
            i64::from(first.clamp(1, TIME_LINE)),
        )
        .fetch_all(self.db.worker())
        .await
        .map_err(fault)?;
        Ok(Response::new(TimeLineReply { entries }))
    }

    async fn parked(
        &self,
        request: Request<ParkedRequest>,
    ) -> Result<Response<ParkedReply>, Status> {
        let tenant = link::actor(&request)?.tenant;
        let events = crate::parked::list(&self.db, tenant).await.map_err(fault)?;
        Ok(Response::new(ParkedReply { events }))
    }

    async fn replay_parked(
        &self,
        request: Request<ReplayParkedRequest>,
    ) -> Result<Response<ReplayParkedReply>, Status> {
        let actor = link::actor(&request)?;
        let asked = request.into_inner();
        let events = crate::parked::ask_again(&self.db, actor, asked).await?;
        Ok(Response::new(ReplayParkedReply { events }))
    }
}

fn fault(error: sqlx::Error) -> Status {
    tracing::error!(%error, "the journal could not be read");
    Status::internal("internal error")
}
