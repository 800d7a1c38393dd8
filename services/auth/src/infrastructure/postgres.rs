//! Auth's unit of work on PostgreSQL. The session's row lock is what codes and tokens rest on.

use async_trait::async_trait;
use authz::{Actor, Role};
use ids::{SessionId, UserId};
use pg::{Context, Database, Uow, store_error};
use time::OffsetDateTime;
use uow::StoreError;
use uuid::Uuid;

use super::publisher;
use super::rows::{AccountRow, ClientRow, CodeRow, RefreshRow, SessionRow, names};
use crate::application::ports::{Account, Store, Tx};
use crate::domain::{Client, Code, Digest, Otp, RefreshToken, Session, TokenState};

#[async_trait]
impl Tx for Uow {
    async fn add_account(&mut self, account: &Account, hash: &str) -> Result<(), StoreError> {
        let tenant = self.context().tenant.as_uuid();
        let added = sqlx::query!(
            "INSERT INTO accounts (tenant_id, user_id, email, password_hash, language)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
            tenant,
            account.user.as_uuid(),
            account.email,
            hash,
            account.language,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        if added.rows_affected() == 0 {
            return Ok(());
        }
        sqlx::query!(
            "INSERT INTO roles (tenant_id, user_id, role)
             SELECT $1, $2, role FROM unnest($3::text[]) role ON CONFLICT DO NOTHING",
            tenant,
            account.user.as_uuid(),
            &names(&account.roles),
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        publisher::registered(self, account).await
    }

    async fn account(&mut self, user: UserId) -> Result<Option<Account>, StoreError> {
        Ok(self.contacts(&[user]).await?.pop())
    }

    async fn account_for_update(&mut self, user: UserId) -> Result<Option<Account>, StoreError> {
        sqlx::query!(
            "SELECT user_id FROM accounts WHERE tenant_id = $1 AND user_id = $2 FOR UPDATE",
            self.context().tenant.as_uuid(),
            user.as_uuid(),
        )
        .fetch_optional(self.conn())
        .await
        .map_err(store_error)?;
        self.account(user).await
    }

    async fn credentials(&mut self, email: &str) -> Result<Option<(UserId, String)>, StoreError> {
        let row = sqlx::query!(
            "SELECT user_id, password_hash FROM accounts WHERE tenant_id = $1 AND email = $2",
            self.context().tenant.as_uuid(),
            email,
        )
        .fetch_optional(self.conn())
        .await
        .map_err(store_error)?;
        Ok(row.map(|row| (row.user_id.into(), row.password_hash)))
    }

    async fn grant_role(&mut self, user: UserId, role: Role, by: &str) -> Result<(), StoreError> {
        let granted = sqlx::query!(
            "INSERT INTO roles (tenant_id, user_id, role) VALUES ($1, $2, $3)
             ON CONFLICT DO NOTHING",
            self.context().tenant.as_uuid(),
            user.as_uuid(),
            <&str>::from(role),
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        if granted.rows_affected() == 0 {
            return Ok(());
        }
        publisher::role_granted(self, user, role, by).await
    }

    async fn client(&mut self, id: &str) -> Result<Option<(Client, Option<Digest>)>, StoreError> {
        let row = sqlx::query_as!(
            ClientRow,
            "SELECT client_id, kind, secret_hash, redirect_uris, scopes
             FROM clients WHERE tenant_id = $1 AND client_id = $2",
            self.context().tenant.as_uuid(),
            id,
        )
        .fetch_optional(self.conn())
        .await
        .map_err(store_error)?;
        row.map(TryInto::try_into).transpose()
    }

    async fn save_client(
        &mut self,
        client: &Client,
        secret: Option<Digest>,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "INSERT INTO clients (tenant_id, client_id, kind, secret_hash, redirect_uris, scopes)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (tenant_id, client_id)
             DO UPDATE SET kind = excluded.kind, secret_hash = excluded.secret_hash,
                 redirect_uris = excluded.redirect_uris, scopes = excluded.scopes",
            self.context().tenant.as_uuid(),
            client.id,
            client.kind.to_string(),
            secret.as_ref().map(<[u8; 32]>::as_slice),
            &client.redirect_uris,
            &names(&client.scopes),
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        Ok(())
    }

    async fn add_session(&mut self, session: &Session, browser: Digest) -> Result<(), StoreError> {
        sqlx::query!(
            "INSERT INTO sessions (tenant_id, session_id, user_id, browser_hash, auth_time,
                 awaits_otp, new_device)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            self.context().tenant.as_uuid(),
            session.id.as_uuid(),
            session.user.as_uuid(),
            browser.as_slice(),
            session.auth_time,
            session.otp == Otp::Awaited,
            session.new_device,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        if session.otp == Otp::Awaited {
            return Ok(());
        }
        publisher::signed_in(self, session).await
    }

    async fn session_user(&mut self, browser: Digest) -> Result<Option<UserId>, StoreError> {
        let user = sqlx::query_scalar!(
            "SELECT user_id FROM sessions WHERE tenant_id = $1 AND browser_hash = $2",
            self.context().tenant.as_uuid(),
            browser.as_slice(),
        )
        .fetch_optional(self.conn())
        .await
        .map_err(store_error)?;
        Ok(user.map(UserId::from))
    }

    async fn session_for_update(&mut self, id: SessionId) -> Result<Option<Session>, StoreError> {
        let row = sqlx::query_as!(
            SessionRow,
            "SELECT session_id, user_id, auth_time, awaits_otp, otp_time, new_device,
                    ended_reason, ended_at
             FROM sessions WHERE tenant_id = $1 AND session_id = $2 FOR UPDATE",
            self.context().tenant.as_uuid(),
            id.as_uuid(),
        )
        .fetch_optional(self.conn())
        .await
        .map_err(store_error)?;
        row.map(Session::try_from).transpose()
    }

    async fn browser_session_for_update(
        &mut self,
        browser: Digest,
    ) -> Result<Option<Session>, StoreError> {
        let row = sqlx::query_as!(
            SessionRow,
            "SELECT session_id, user_id, auth_time, awaits_otp, otp_time, new_device,
                    ended_reason, ended_at
             FROM sessions WHERE tenant_id = $1 AND browser_hash = $2 FOR UPDATE",
            self.context().tenant.as_uuid(),
            browser.as_slice(),
        )
        .fetch_optional(self.conn())
        .await
        .map_err(store_error)?;
        row.map(Session::try_from).transpose()
    }

    async fn save_session(&mut self, session: &Session) -> Result<(), StoreError> {
        let Some((reason, at)) = session.ended else {
            return Ok(());
        };
        let ended = sqlx::query!(
            "UPDATE sessions SET ended_reason = $3, ended_at = $4
             WHERE tenant_id = $1 AND session_id = $2 AND ended_at IS NULL",
            self.context().tenant.as_uuid(),
            session.id.as_uuid(),
            reason.to_string(),
            at,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        if ended.rows_affected() == 0 {
            return Ok(());
        }
        publisher::ended(self, session, reason).await
    }

    async fn code_for_update(
        &mut self,
        hash: Digest,
    ) -> Result<Option<(Session, Code)>, StoreError> {
        let tenant = self.context().tenant.as_uuid();
        let session = sqlx::query_scalar!(
            "SELECT session_id FROM codes WHERE tenant_id = $1 AND code_hash = $2",
            tenant,
            hash.as_slice(),
        )
        .fetch_optional(self.conn())
        .await
        .map_err(store_error)?;
        let Some(session) = locked(self, session).await? else {
            return Ok(None);
        };
        // Read now that nobody else can use it.
        let row = sqlx::query_as!(
            CodeRow,
            "SELECT client_id, redirect_uri, scopes, challenge, nonce, issued_at, used_at
             FROM codes WHERE tenant_id = $1 AND code_hash = $2",
            tenant,
            hash.as_slice(),
        )
        .fetch_one(self.conn())
        .await
        .map_err(store_error)?;
        Ok(Some((session, row.try_into()?)))
    }

    async fn save_code(
        &mut self,
        hash: Digest,
        session: SessionId,
        code: &Code,
    ) -> Result<(), StoreError> {
        let request = &code.request;
        sqlx::query!(
            "INSERT INTO codes (tenant_id, code_hash, session_id, client_id, redirect_uri, scopes,
                 challenge, nonce, issued_at, used_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             ON CONFLICT (tenant_id, code_hash) DO UPDATE SET used_at = excluded.used_at",
            self.context().tenant.as_uuid(),
            hash.as_slice(),
            session.as_uuid(),
            request.client,
            request.redirect_uri,
            &names(&request.scopes),
            request.challenge.0.as_slice(),
            request.nonce,
            code.issued_at,
            code.used_at,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        Ok(())
    }

    async fn refresh_for_update(
        &mut self,
        hash: Digest,
    ) -> Result<Option<(Session, RefreshToken)>, StoreError> {
        let tenant = self.context().tenant.as_uuid();
        let session = sqlx::query_scalar!(
            "SELECT session_id FROM refresh_tokens WHERE tenant_id = $1 AND token_hash = $2",
            tenant,
            hash.as_slice(),
        )
        .fetch_optional(self.conn())
        .await
        .map_err(store_error)?;
        let Some(session) = locked(self, session).await? else {
            return Ok(None);
        };
        // Read now that nobody else can use it.
        let row = sqlx::query_as!(
            RefreshRow,
            "SELECT client_id, scopes, issued_at, used
             FROM refresh_tokens WHERE tenant_id = $1 AND token_hash = $2",
            tenant,
            hash.as_slice(),
        )
        .fetch_one(self.conn())
        .await
        .map_err(store_error)?;
        Ok(Some((session, row.try_into()?)))
    }

    async fn save_refresh(
        &mut self,
        hash: Digest,
        session: SessionId,
        token: &RefreshToken,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "INSERT INTO refresh_tokens (tenant_id, token_hash, session_id, client_id, scopes,
                 issued_at, used)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (tenant_id, token_hash) DO UPDATE SET used = excluded.used",
            self.context().tenant.as_uuid(),
            hash.as_slice(),
            session.as_uuid(),
            token.client,
            &names(&token.scopes),
            token.issued_at,
            token.state == TokenState::Used,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        Ok(())
    }

    async fn contacts(&mut self, users: &[UserId]) -> Result<Vec<Account>, StoreError> {
        let users: Vec<Uuid> = users.iter().map(|user| user.as_uuid()).collect();
        let rows = sqlx::query_as!(
            AccountRow,
            r#"SELECT user_id, email, language,
                      ARRAY(SELECT role FROM roles r
                            WHERE r.tenant_id = a.tenant_id AND r.user_id = a.user_id
                            ORDER BY role) AS "roles!"
               FROM accounts a WHERE tenant_id = $1 AND user_id = ANY($2) ORDER BY user_id"#,
            self.context().tenant.as_uuid(),
            &users,
        )
        .fetch_all(self.conn())
        .await
        .map_err(store_error)?;
        rows.into_iter().map(Account::try_from).collect()
    }
}

async fn locked(uow: &mut Uow, session: Option<Uuid>) -> Result<Option<Session>, StoreError> {
    match session {
        Some(id) => uow.session_for_update(id.into()).await,
        None => Ok(None),
    }
}

#[async_trait]
impl Store for Database {
    async fn begin(&self, actor: &Actor) -> Result<Box<dyn Tx>, StoreError> {
        Ok(Box::new(self.unit_of_work(Context::from(actor)).await?))
    }

    async fn ended_since(&self, at: OffsetDateTime) -> Result<Vec<SessionId>, StoreError> {
        let ended = sqlx::query_scalar!(
            r#"SELECT session_id AS "session!" FROM sessions WHERE ended_at >= $1
               UNION ALL
               SELECT client_id FROM service_credentials WHERE revoked_at >= $1"#,
            at,
        )
        .fetch_all(self.worker())
        .await
        .map_err(store_error)?;
        Ok(ended.into_iter().map(SessionId::from).collect())
    }

    async fn forget(&self, began_before: OffsetDateTime) -> Result<u64, StoreError> {
        let codes = sqlx::query!(
            "DELETE FROM codes USING sessions s
             WHERE codes.tenant_id = s.tenant_id AND codes.session_id = s.session_id
               AND s.auth_time < $1",
            began_before,
        )
        .execute(self.worker())
        .await
        .map_err(store_error)?;
        let tokens = sqlx::query!(
            "DELETE FROM refresh_tokens USING sessions s
             WHERE refresh_tokens.tenant_id = s.tenant_id
               AND refresh_tokens.session_id = s.session_id AND s.auth_time < $1",
            began_before,
        )
        .execute(self.worker())
        .await
        .map_err(store_error)?;
        Ok(codes.rows_affected() + tokens.rows_affected())
    }
}
