//! The unit of work: one transaction, for one tenant, in the name of one actor.

use std::sync::Arc;

use async_trait::async_trait;
use authz::Actor;
use ids::{EventId, TenantId};
use sqlx::postgres::PgConnection;
use sqlx::{Postgres, Transaction};
use time::OffsetDateTime;
use tokio::sync::Notify;
use uow::{IdempotencyKey, StoreError, UnitOfWork};
use uuid::Uuid;

use crate::Database;

/// In whose name a unit of work acts, as the journal writes it down.
#[derive(Clone, Debug)]
pub struct Context {
    /// The tenant whose rows are seen.
    pub tenant: TenantId,
    /// `user:<id>` or `service:<name>`.
    pub actor: String,
    /// Ties together everything that one request causes.
    pub correlation: Uuid,
    /// The event that this is a reaction to.
    pub causation: Option<EventId>,
}

impl From<&Actor> for Context {
    fn from(actor: &Actor) -> Self {
        Self {
            tenant: actor.tenant,
            actor: actor.label(),
            correlation: actor.correlation,
            causation: None,
        }
    }
}

/// One transaction. Dropped without `commit`, it leaves no trace.
pub struct Uow {
    tx: Transaction<'static, Postgres>,
    service: &'static str,
    context: Context,
    now: OffsetDateTime,
    has_recorded: bool,
    recorded: Arc<Notify>,
}

impl Database {
    /// Starts a unit of work; the tenant is set and business time read in one round trip.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where transactions begin"
    )]
    pub async fn unit_of_work(&self, context: Context) -> Result<Uow, StoreError> {
        let mut tx = self.app.begin().await.map_err(store_error)?;
        let now = sqlx::query_scalar!(
            r#"SELECT now() + make_interval(secs => offset_s::float8) AS "now!"
               FROM business_clock, set_config('app.tenant', $1, true)"#,
            context.tenant.to_string(),
        )
        .fetch_one(&mut *tx)
        .await
        .map_err(store_error)?;
        Ok(Uow {
            tx,
            service: self.service,
            context,
            now,
            has_recorded: false,
            recorded: Arc::clone(self.recorded()),
        })
    }
}

impl Uow {
    /// The connection, inside the transaction.
    pub fn conn(&mut self) -> &mut PgConnection {
        &mut self.tx
    }

    /// In whose name it acts.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Whose database it works on.
    pub fn service(&self) -> &'static str {
        self.service
    }

    /// Goes on in another name, for a consumer that takes events of several tenants at once.
    pub async fn act_for(&mut self, context: Context) -> Result<(), StoreError> {
        if context.tenant != self.context.tenant {
            let tenant = context.tenant.to_string();
            sqlx::query!("SELECT set_config('app.tenant', $1, true)", tenant)
                .fetch_one(&mut *self.tx)
                .await
                .map_err(store_error)?;
        }
        self.context = context;
        Ok(())
    }

    /// Says that the commit will bring an event to the sequencer.
    pub fn note_recorded(&mut self) {
        self.has_recorded = true;
    }

    /// Makes everything lasting, at once.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.tx.commit().await.map_err(store_error)?;
        if self.has_recorded {
            self.recorded.notify_one();
        }
        Ok(())
    }
}

#[async_trait]
impl UnitOfWork for Uow {
    fn now(&self) -> OffsetDateTime {
        self.now
    }

    async fn answer_to(&mut self, key: &IdempotencyKey) -> Result<Option<String>, StoreError> {
        let earlier = sqlx::query!(
            "SELECT request_hash, answer FROM idempotency
             WHERE tenant_id = $1 AND subject = $2 AND operation = $3 AND key = $4",
            self.context.tenant.as_uuid(),
            self.context.actor,
            key.operation,
            key.key,
        )
        .fetch_optional(&mut *self.tx)
        .await
        .map_err(store_error)?;
        match earlier {
            None => Ok(None),
            Some(row) if row.request_hash == key.request_hash => Ok(Some(row.answer)),
            Some(_) => Err(StoreError::KeyReused),
        }
    }

    async fn remember(&mut self, key: &IdempotencyKey, answer: &str) -> Result<(), StoreError> {
        sqlx::query!(
            "INSERT INTO idempotency (tenant_id, subject, operation, key, request_hash, answer)
             VALUES ($1, $2, $3, $4, $5, $6)",
            self.context.tenant.as_uuid(),
            self.context.actor,
            key.operation,
            key.key,
            key.request_hash.as_slice(),
            answer,
        )
        .execute(&mut *self.tx)
        .await
        .map_err(store_error)?;
        Ok(())
    }

    async fn advance_business_time(&mut self, offset_s: i64) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE business_clock SET offset_s = greatest(offset_s, $1)",
            offset_s
        )
        .execute(&mut *self.tx)
        .await
        .map_err(store_error)?;
        Ok(())
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        Self::commit(*self).await
    }
}

/// A column's text as what it stands for; one that is no value of ours is a fault, never a guess.
pub fn stored<T: std::str::FromStr>(text: &str) -> Result<T, StoreError> {
    text.parse()
        .map_err(|_| StoreError::failed(format!("`{text}` is no value of ours")))
}

/// Serialization failures, deadlocks and unique keys are a `Conflict`; all else is a fault.
pub fn store_error(err: sqlx::Error) -> StoreError {
    let code = err
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code);
    match code.as_deref() {
        Some("40001" | "40P01" | "23505") => StoreError::Conflict,
        _ => StoreError::failed(err),
    }
}
