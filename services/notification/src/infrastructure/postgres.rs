//! Notification's unit of work on PostgreSQL. That an event tells each person once is a unique
//! key, whatever the order and the number of tries.

use async_trait::async_trait;
use authz::{Actor, Role};
use ids::{NoticeId, ParticipationId, ProjectId, TenantId, UserId};
use pg::{Context, Database, Uow, store_error};
use uow::{StoreError, UnitOfWork as _};

use super::publisher;
use super::rows::{NoticeRow, UntoldRow};
use crate::application::ports::{Circle, Notice, Store, Told, Tx};
use crate::domain::{Channel, Kind, Language};

/// How many mails one round takes.
const ROUND: i64 = 100;

#[async_trait]
impl Tx for Uow {
    async fn add(&mut self, user: UserId, told: &Told) -> Result<(), StoreError> {
        let About {
            project,
            minor,
            currency,
            reason,
        } = About::of(told);
        sqlx::query!(
            "WITH kept AS (
                 INSERT INTO notices (tenant_id, notice_id, user_id, event_id, kind, project_id,
                     amount_minor, currency, reason, at, in_inbox)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, NOT EXISTS (
                     SELECT FROM switched_off WHERE tenant_id = $1 AND user_id = $3
                         AND kind = $5 AND channel = 'INBOX'))
                 ON CONFLICT (tenant_id, event_id, user_id) DO NOTHING
                 RETURNING tenant_id, notice_id)
             INSERT INTO mails (tenant_id, notice_id) SELECT tenant_id, notice_id FROM kept
             WHERE NOT EXISTS (SELECT FROM switched_off WHERE tenant_id = $1 AND user_id = $3
                 AND kind = $5 AND channel = 'MAIL')",
            self.context().tenant.as_uuid(),
            NoticeId::new().as_uuid(),
            user.as_uuid(),
            told.event.as_uuid(),
            told.kind.to_string(),
            project,
            minor,
            currency,
            reason,
            told.at,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        Ok(())
    }

    async fn keep_news(&mut self, circle: Circle, told: &Told) -> Result<(), StoreError> {
        let About {
            project,
            minor,
            currency,
            reason,
        } = About::of(told);
        sqlx::query!(
            "INSERT INTO news (tenant_id, event_id, project_id, kind, for_owner_only,
                 amount_minor, currency, reason, at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
            self.context().tenant.as_uuid(),
            told.event.as_uuid(),
            project,
            told.kind.to_string(),
            circle == Circle::Owner,
            minor,
            currency,
            reason,
            told.at,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        Ok(())
    }

    async fn untold(&mut self, project: ProjectId) -> Result<Vec<(UserId, Told)>, StoreError> {
        // News and seats come from two feeds: of two at once the later one must see the other's.
        sqlx::query!(
            r#"SELECT pg_advisory_xact_lock(hashtextextended($1::text, 0))::text AS "locked?""#,
            project.to_string(),
        )
        .fetch_one(self.conn())
        .await
        .map_err(store_error)?;
        let rows = sqlx::query_as!(
            UntoldRow,
            "SELECT DISTINCT s.user_id, n.event_id, n.kind, n.project_id, n.amount_minor,
                             n.currency, n.reason, n.at
             FROM news n JOIN seats s USING (tenant_id, project_id)
             WHERE n.tenant_id = $1 AND n.project_id = $2 AND (s.is_owner OR NOT n.for_owner_only)
               AND NOT EXISTS (SELECT FROM notices x WHERE x.tenant_id = n.tenant_id
                                   AND x.event_id = n.event_id AND x.user_id = s.user_id)
             ORDER BY n.at, n.event_id, s.user_id",
            self.context().tenant.as_uuid(),
            project.as_uuid(),
        )
        .fetch_all(self.conn())
        .await
        .map_err(store_error)?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    async fn mark_read(&mut self, user: UserId, id: NoticeId) -> Result<bool, StoreError> {
        let now = self.now();
        let done = sqlx::query!(
            "UPDATE notices SET read_at = coalesce(read_at, $4)
             WHERE tenant_id = $1 AND user_id = $2 AND notice_id = $3",
            self.context().tenant.as_uuid(),
            user.as_uuid(),
            id.as_uuid(),
            now,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        Ok(done.rows_affected() > 0)
    }

    async fn inbox(
        &mut self,
        user: UserId,
        before: Option<NoticeId>,
        first: u8,
    ) -> Result<Vec<Notice>, StoreError> {
        let rows = sqlx::query_as!(
            NoticeRow,
            r#"SELECT n.notice_id, n.user_id, n.kind, n.project_id, n.amount_minor, n.currency,
                      n.reason, n.at, coalesce(p.name, '') AS "project_name!", n.read_at,
                      coalesce(r.said_language, r.language) AS "language?",
                      coalesce(r.country, '') AS "country!"
               FROM notices n LEFT JOIN projects p USING (tenant_id, project_id)
                   LEFT JOIN people r ON r.tenant_id = n.tenant_id AND r.user_id = n.user_id
               WHERE n.tenant_id = $1 AND n.user_id = $2 AND n.in_inbox
                 AND ($3::uuid IS NULL OR n.notice_id < $3)
               ORDER BY n.notice_id DESC LIMIT $4"#,
            self.context().tenant.as_uuid(),
            user.as_uuid(),
            before.map(NoticeId::as_uuid),
            i64::from(first),
        )
        .fetch_all(self.conn())
        .await
        .map_err(store_error)?;
        rows.into_iter().map(Notice::try_from).collect()
    }

    async fn unread(&mut self, user: UserId) -> Result<i64, StoreError> {
        sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM notices
               WHERE tenant_id = $1 AND user_id = $2 AND read_at IS NULL AND in_inbox"#,
            self.context().tenant.as_uuid(),
            user.as_uuid(),
        )
        .fetch_one(self.conn())
        .await
        .map_err(store_error)
    }

    async fn mark_all_read(&mut self, user: UserId) -> Result<i64, StoreError> {
        let now = self.now();
        let done = sqlx::query!(
            "UPDATE notices SET read_at = $3
             WHERE tenant_id = $1 AND user_id = $2 AND read_at IS NULL AND in_inbox",
            self.context().tenant.as_uuid(),
            user.as_uuid(),
            now,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        i64::try_from(done.rows_affected()).map_err(StoreError::failed)
    }

    async fn switched_off(&mut self, user: UserId) -> Result<Vec<(Kind, Channel)>, StoreError> {
        let rows = sqlx::query!(
            "SELECT kind, channel FROM switched_off WHERE tenant_id = $1 AND user_id = $2",
            self.context().tenant.as_uuid(),
            user.as_uuid(),
        )
        .fetch_all(self.conn())
        .await
        .map_err(store_error)?;
        rows.into_iter()
            .map(|row| Ok((pg::stored(&row.kind)?, pg::stored(&row.channel)?)))
            .collect()
    }

    async fn switch(
        &mut self,
        user: UserId,
        (kind, channel): (Kind, Channel),
        on: bool,
    ) -> Result<(), StoreError> {
        let tenant = self.context().tenant.as_uuid();
        let (kind, channel) = (kind.to_string(), channel.to_string());
        let switched = if on {
            sqlx::query!(
                "DELETE FROM switched_off
                 WHERE tenant_id = $1 AND user_id = $2 AND kind = $3 AND channel = $4",
                tenant,
                user.as_uuid(),
                kind,
                channel,
            )
            .execute(self.conn())
            .await
        } else {
            sqlx::query!(
                "INSERT INTO switched_off (tenant_id, user_id, kind, channel)
                 VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                tenant,
                user.as_uuid(),
                kind,
                channel,
            )
            .execute(self.conn())
            .await
        };
        switched.map(drop).map_err(store_error)
    }

    async fn preferences_set(&mut self, user: UserId) -> Result<(), StoreError> {
        publisher::preferences_set(self, user).await
    }

    async fn keep_profile(
        &mut self,
        user: UserId,
        (language, country): (Option<Language>, &str),
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "INSERT INTO people (tenant_id, user_id, said_language, country)
             VALUES ($1, $2, $3, $4)
             ON CONFLICT (tenant_id, user_id) DO UPDATE SET
                 said_language = coalesce(excluded.said_language, people.said_language),
                 country = coalesce(nullif(excluded.country, ''), people.country)",
            self.context().tenant.as_uuid(),
            user.as_uuid(),
            language.map(|language| language.to_string()),
            country,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        Ok(())
    }

    async fn keep_language(&mut self, user: UserId, language: Language) -> Result<(), StoreError> {
        sqlx::query!(
            "INSERT INTO people (tenant_id, user_id, language) VALUES ($1, $2, $3)
             ON CONFLICT (tenant_id, user_id) DO UPDATE SET language = excluded.language",
            self.context().tenant.as_uuid(),
            user.as_uuid(),
            language.to_string(),
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        Ok(())
    }

    async fn keep_role(&mut self, user: UserId, role: Role) -> Result<(), StoreError> {
        sqlx::query!(
            "INSERT INTO people (tenant_id, user_id, roles) VALUES ($1, $2, ARRAY[$3::text])
             ON CONFLICT (tenant_id, user_id)
             DO UPDATE SET roles = array_append(array_remove(people.roles, $3), $3)",
            self.context().tenant.as_uuid(),
            user.as_uuid(),
            <&str>::from(role),
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        Ok(())
    }

    async fn with_role(&mut self, role: Role) -> Result<Vec<UserId>, StoreError> {
        let ids = sqlx::query_scalar!(
            "SELECT user_id FROM people WHERE tenant_id = $1 AND $2 = ANY(roles)
             ORDER BY user_id",
            self.context().tenant.as_uuid(),
            <&str>::from(role),
        )
        .fetch_all(self.conn())
        .await
        .map_err(store_error)?;
        Ok(ids.into_iter().map(UserId::from).collect())
    }

    async fn keep_project(&mut self, project: ProjectId, name: &str) -> Result<(), StoreError> {
        sqlx::query!(
            "INSERT INTO projects (tenant_id, project_id, name) VALUES ($1, $2, $3)
             ON CONFLICT (tenant_id, project_id)
             DO UPDATE SET name = coalesce(nullif(excluded.name, ''), projects.name)",
            self.context().tenant.as_uuid(),
            project.as_uuid(),
            name,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        Ok(())
    }

    async fn seat_owner(&mut self, project: ProjectId, user: UserId) -> Result<(), StoreError> {
        sqlx::query!(
            "INSERT INTO seats (tenant_id, project_id, seat_id, user_id, is_owner)
             VALUES ($1, $2, $3, $3, true) ON CONFLICT DO NOTHING",
            self.context().tenant.as_uuid(),
            project.as_uuid(),
            user.as_uuid(),
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        Ok(())
    }

    async fn seat(
        &mut self,
        project: ProjectId,
        user: UserId,
        participation: ParticipationId,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "INSERT INTO seats (tenant_id, project_id, seat_id, user_id, is_owner)
             VALUES ($1, $2, $3, $4, false) ON CONFLICT DO NOTHING",
            self.context().tenant.as_uuid(),
            project.as_uuid(),
            participation.as_uuid(),
            user.as_uuid(),
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        Ok(())
    }

    async fn unseat(
        &mut self,
        project: ProjectId,
        participation: ParticipationId,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "DELETE FROM seats WHERE tenant_id = $1 AND project_id = $2 AND seat_id = $3",
            self.context().tenant.as_uuid(),
            project.as_uuid(),
            participation.as_uuid(),
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        Ok(())
    }

    async fn mail_sent(&mut self, notice: &Notice) -> Result<(), StoreError> {
        let done = sqlx::query!(
            "UPDATE mails SET state = 'SENT'
             WHERE tenant_id = $1 AND notice_id = $2 AND state = 'QUEUED'",
            self.context().tenant.as_uuid(),
            notice.id.as_uuid(),
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        if done.rows_affected() > 0 {
            publisher::sent(self, notice).await?;
        }
        Ok(())
    }

    async fn mail_failed(
        &mut self,
        notice: &Notice,
        (reason, tries_max): (&'static str, i32),
    ) -> Result<(), StoreError> {
        let state = sqlx::query_scalar!(
            "UPDATE mails SET tries = tries + 1,
                 next_try_at = now() + least(interval '1 hour',
                     interval '1 second' * (2 ^ least(tries, 12))),
                 state = CASE WHEN tries + 1 >= $3 THEN 'PARKED' ELSE state END,
                 parked_reason = CASE WHEN tries + 1 >= $3 THEN $4::text END
             WHERE tenant_id = $1 AND notice_id = $2 AND state = 'QUEUED' RETURNING state",
            self.context().tenant.as_uuid(),
            notice.id.as_uuid(),
            tries_max,
            reason,
        )
        .fetch_optional(self.conn())
        .await
        .map_err(store_error)?;
        if state.as_deref() == Some("PARKED") {
            publisher::parked(self, notice, reason).await?;
        }
        Ok(())
    }
}

/// The facts of what is told, as columns.
struct About<'a> {
    project: Option<uuid::Uuid>,
    minor: Option<i64>,
    currency: Option<&'static str>,
    reason: &'a str,
}

impl<'a> About<'a> {
    fn of(told: &'a Told) -> Self {
        let about = &told.about;
        Self {
            project: about.project.map(ProjectId::as_uuid),
            minor: about.amount.map(money::Money::minor),
            currency: about.amount.map(|amount| amount.currency().code()),
            reason: &about.reason,
        }
    }
}

#[async_trait]
impl Store for Database {
    async fn begin(&self, actor: &Actor) -> Result<Box<dyn Tx>, StoreError> {
        Ok(Box::new(self.unit_of_work(Context::from(actor)).await?))
    }

    async fn due_mails(&self) -> Result<Vec<(TenantId, Notice)>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT m.tenant_id, n.notice_id, n.user_id, n.kind, n.project_id, n.amount_minor,
                      n.currency, n.reason, n.at, coalesce(p.name, '') AS "project_name!",
                      n.read_at, coalesce(r.said_language, r.language) AS "language?",
                      coalesce(r.country, '') AS "country!"
               FROM mails m JOIN notices n USING (tenant_id, notice_id)
                   LEFT JOIN projects p USING (tenant_id, project_id)
                   LEFT JOIN people r ON r.tenant_id = n.tenant_id AND r.user_id = n.user_id
               WHERE m.state = 'QUEUED' AND m.next_try_at <= now()
                 AND (n.project_id IS NULL OR p.project_id IS NOT NULL)
               ORDER BY m.next_try_at, n.notice_id LIMIT $1"#,
            ROUND,
        )
        .fetch_all(self.worker())
        .await
        .map_err(store_error)?;
        rows.into_iter()
            .map(|row| {
                let notice = NoticeRow {
                    notice_id: row.notice_id,
                    user_id: row.user_id,
                    kind: row.kind,
                    project_id: row.project_id,
                    amount_minor: row.amount_minor,
                    currency: row.currency,
                    reason: row.reason,
                    at: row.at,
                    project_name: row.project_name,
                    read_at: row.read_at,
                    language: row.language,
                    country: row.country,
                };
                Ok((row.tenant_id.into(), notice.try_into()?))
            })
            .collect()
    }
}
