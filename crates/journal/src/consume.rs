//! Consumers: each event of a producer takes effect exactly once, in order, in batches; the cursor
//! moves in the transaction of the effect.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use contracts::UnreadableEvent;
use contracts::journal::journal_client::JournalClient;
use contracts::journal::{Entry, FeedRequest};
use ids::TenantId;
use pg::{Context, Database, Uow, store_error};
use tokio_util::sync::CancellationToken;
use tonic::Status;
use tonic::body::Body;
use uow::StoreError;
use uuid::Uuid;

use crate::Envelope;

/// How many events share a transaction.
const BATCH: i32 = 256;
/// How long the feed may wait for news.
const WAIT_MS: i32 = 2_000;
/// After this many failures an event is parked.
const TRIES: u32 = 5;

/// Why an event took no effect.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// An unknown type, or contents of another form.
    #[error(transparent)]
    Unreadable(#[from] UnreadableEvent),
    /// The store failed or somebody else was first; another try may succeed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The event contradicts what this service knows.
    #[error("{0}")]
    Contradiction(String),
}

impl ApplyError {
    /// A field of the event that is missing, or of another form.
    pub fn unreadable(what: &str) -> Self {
        Self::Contradiction(format!("`{what}` can't be read"))
    }
}

/// A field's text as what it stands for.
pub fn read<T: std::str::FromStr>(text: &str) -> Result<T, ApplyError> {
    text.parse().map_err(|_| ApplyError::unreadable(text))
}

/// What a service does about the events of one producer.
#[async_trait]
pub trait Apply: Send + Sync + 'static {
    /// Inside the unit of work that also moves the cursor; acts in the event's tenant.
    async fn apply(&self, uow: &mut Uow, event: &Envelope) -> Result<(), ApplyError>;
}

/// One service follows one producer.
#[derive(Clone)]
pub struct Subscription {
    /// The producer's name.
    pub producer: &'static str,
    /// The reaction.
    pub apply: Arc<dyn Apply>,
}

/// Follows the feed until it is stopped.
pub async fn follow<T>(
    db: Database,
    subscription: Subscription,
    mut feed: JournalClient<T>,
    stop: CancellationToken,
) where
    T: tonic::client::GrpcService<Body, Error = Status> + Send,
    T::ResponseBody: tonic::codegen::Body<Data = bytes::Bytes> + Send + 'static,
    <T::ResponseBody as tonic::codegen::Body>::Error: Into<tonic::codegen::StdError> + Send,
    T::Future: Send,
{
    let mut follower = Follower {
        db,
        subscription,
        failures: HashMap::new(),
        cautious: 0,
    };
    loop {
        let step = async {
            follower.retry().await?;
            let after_seq = follower.cursor().await?;
            let request = FeedRequest {
                after_seq,
                limit: BATCH,
                wait_ms: WAIT_MS,
            };
            let entries = feed
                .feed(request)
                .await
                .map_err(StoreError::failed)?
                .into_inner()
                .entries;
            follower.take(entries).await
        };
        let outcome = tokio::select! {
            () = stop.cancelled() => return,
            outcome = step => outcome,
        };
        if let Err(error) = outcome {
            let Follower {
                db, subscription, ..
            } = &follower;
            let (service, producer) = (db.service, subscription.producer);
            tracing::warn!(
                service,
                producer,
                error = &error as &dyn std::error::Error,
                "events could not be applied, trying again"
            );
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(Duration::from_millis(100)) => {}
            }
        }
    }
}

/// Up to which place this service has applied each producer's events.
pub async fn cursors(db: &Database) -> Result<Vec<(String, i64)>, sqlx::Error> {
    let rows = sqlx::query!("SELECT producer, seq FROM consumer_cursor ORDER BY producer")
        .fetch_all(db.worker())
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.producer, row.seq))
        .collect())
}

struct Follower {
    db: Database,
    subscription: Subscription,
    /// Failures by place.
    failures: HashMap<i64, u32>,
    /// Up to this place events are taken one by one, after a batch failed.
    cautious: i64,
}

impl Follower {
    async fn cursor(&self) -> Result<i64, StoreError> {
        let row = sqlx::query_scalar!(
            "SELECT seq FROM consumer_cursor WHERE producer = $1",
            self.subscription.producer
        )
        .fetch_optional(self.db.app())
        .await
        .map_err(store_error)?;
        Ok(row.unwrap_or(0))
    }

    async fn take(&mut self, entries: Vec<Entry>) -> Result<(), ApplyError> {
        let Some(last) = entries.last().map(|entry| entry.seq) else {
            return Ok(());
        };
        if entries[0].seq > self.cautious {
            match self.apply_together(&entries).await {
                Ok(()) => return Ok(()),
                Err(error) => {
                    tracing::info!(%error, "a batch of events failed: taking them one by one");
                    self.cautious = last;
                }
            }
        }
        for entry in &entries {
            let failed = match self.apply_together(std::slice::from_ref(entry)).await {
                Ok(()) => continue,
                Err(error) => error,
            };
            let failures = self.failures.entry(entry.seq).or_default();
            *failures += 1;
            if *failures < TRIES {
                return Err(failed);
            }
            self.failures.remove(&entry.seq);
            self.park(entry, &failed).await?;
        }
        Ok(())
    }

    /// One transaction for all of them and the cursor.
    async fn apply_together(&self, entries: &[Entry]) -> Result<(), ApplyError> {
        let mut uow = self.unit_of_work(entries[0].seq).await?;
        for entry in entries {
            let event = Envelope::read(entry.seq, &entry.body).map_err(StoreError::failed)?;
            let aggregate = event.subject.to_string();
            if self.is_parked(&mut uow, &aggregate).await? {
                self.insert_parked(&mut uow, entry, &aggregate, "an earlier one is parked")
                    .await?;
                continue;
            }
            self.apply_one(&mut uow, (entry.seq, &entry.body)).await?;
        }
        self.finish(uow, entries[entries.len() - 1].seq).await
    }

    async fn apply_one(&self, uow: &mut Uow, (seq, body): (i64, &str)) -> Result<(), ApplyError> {
        let event = Envelope::read(seq, body).map_err(StoreError::failed)?;
        uow.act_for(Context {
            tenant: event.tenant,
            actor: format!("service:{}", self.db.service),
            correlation: event.correlationid,
            causation: Some(event.id),
        })
        .await?;
        // What a service records about its own door concerns nobody else.
        if event.ty.starts_with("fondeo.journal.") {
            return Ok(());
        }
        self.subscription.apply.apply(uow, &event).await
    }

    /// Takes up what an administrator wants tried again: all parked events of such an aggregate, in
    /// their order, in one transaction. When one fails again, all stay parked.
    async fn retry(&self) -> Result<(), ApplyError> {
        let asked = sqlx::query_scalar!(
            "SELECT DISTINCT aggregate FROM parked WHERE producer = $1 AND retry_at IS NOT NULL",
            self.subscription.producer,
        )
        .fetch_all(self.db.app())
        .await
        .map_err(store_error)?;
        for aggregate in asked {
            let (mut uow, _) = self.lock().await?;
            let parked = sqlx::query!(
                "DELETE FROM parked WHERE producer = $1 AND aggregate = $2 RETURNING seq, body",
                self.subscription.producer,
                aggregate,
            )
            .fetch_all(uow.conn())
            .await
            .map_err(store_error)?;
            let mut parked = parked;
            parked.sort_by_key(|event| event.seq);
            let mut failed = None;
            for event in &parked {
                if let Err(error) = self.apply_one(&mut uow, (event.seq, &event.body)).await {
                    failed = Some((event.seq, error));
                    break;
                }
            }
            match failed {
                None => uow.commit().await?,
                Some((seq, error)) => {
                    drop(uow);
                    self.leave_parked(&aggregate, seq, &error).await?;
                }
            }
        }
        Ok(())
    }

    async fn leave_parked(
        &self,
        aggregate: &str,
        failed: i64,
        reason: &ApplyError,
    ) -> Result<(), StoreError> {
        let (service, producer) = (self.db.service, self.subscription.producer);
        tracing::error!(service, producer, seq = failed, %reason, "an event stays parked");
        sqlx::query!(
            "UPDATE parked SET retry_at = NULL,
                 reason = CASE WHEN seq = $3 THEN $4 ELSE reason END
             WHERE producer = $1 AND aggregate = $2",
            producer,
            aggregate,
            failed,
            reason.to_string(),
        )
        .execute(self.db.app())
        .await
        .map_err(store_error)?;
        Ok(())
    }

    async fn park(&self, entry: &Entry, reason: &ApplyError) -> Result<(), ApplyError> {
        let (service, producer) = (self.db.service, self.subscription.producer);
        tracing::error!(service, producer, seq = entry.seq, %reason, "an event is parked");
        let aggregate = Envelope::read(entry.seq, &entry.body)
            .map(|event| event.subject.to_string())
            .unwrap_or_default();
        let mut uow = self.unit_of_work(entry.seq).await?;
        self.insert_parked(&mut uow, entry, &aggregate, &reason.to_string())
            .await?;
        self.finish(uow, entry.seq).await
    }

    /// Locks the cursor, so that one replica at a time applies a producer's events, and refuses
    /// places that another one applied meanwhile.
    async fn unit_of_work(&self, first: i64) -> Result<Uow, StoreError> {
        let (uow, applied) = self.lock().await?;
        if applied + 1 == first {
            Ok(uow)
        } else {
            Err(StoreError::Conflict)
        }
    }

    /// A unit of work that holds the cursor, and up to which place events are applied.
    async fn lock(&self) -> Result<(Uow, i64), StoreError> {
        let nobody = Context {
            tenant: TenantId::from(Uuid::nil()),
            actor: format!("service:{}", self.db.service),
            correlation: Uuid::nil(),
            causation: None,
        };
        let mut uow = self.db.unit_of_work(nobody).await?;
        let seq = sqlx::query_scalar!(
            "INSERT INTO consumer_cursor (producer, seq) VALUES ($1, 0)
             ON CONFLICT (producer) DO UPDATE SET seq = consumer_cursor.seq RETURNING seq",
            self.subscription.producer,
        )
        .fetch_one(uow.conn())
        .await
        .map_err(store_error)?;
        Ok((uow, seq))
    }

    async fn finish(&self, mut uow: Uow, last: i64) -> Result<(), ApplyError> {
        sqlx::query!(
            "UPDATE consumer_cursor SET seq = $2 WHERE producer = $1",
            self.subscription.producer,
            last,
        )
        .execute(uow.conn())
        .await
        .map_err(store_error)?;
        Ok(uow.commit().await?)
    }

    async fn is_parked(&self, uow: &mut Uow, aggregate: &str) -> Result<bool, StoreError> {
        sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM parked WHERE producer = $1 AND aggregate = $2) AS "x!""#,
            self.subscription.producer,
            aggregate,
        )
        .fetch_one(uow.conn())
        .await
        .map_err(store_error)
    }

    async fn insert_parked(
        &self,
        uow: &mut Uow,
        entry: &Entry,
        aggregate: &str,
        reason: &str,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "INSERT INTO parked (producer, seq, aggregate, reason, body)
             VALUES ($1, $2, $3, $4, $5)",
            self.subscription.producer,
            entry.seq,
            aggregate,
            reason,
            entry.body,
        )
        .execute(uow.conn())
        .await
        .map_err(store_error)?;
        Ok(())
    }
}
