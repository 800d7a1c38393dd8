//! Users' unit of work on PostgreSQL. A person's row is the lock of all that is decided on them.

use async_trait::async_trait;
use authz::Actor;
use ids::{TenantId, UserId};
use pg::{Context, Database, Uow, store_error};
use uow::StoreError;
use uuid::Uuid;

use super::publisher;
use super::rows::{ProfileRow, columns};
use crate::application::ports::{Person, Store, Tx};
use crate::domain::{Consent, Kyc, Profile};

/// How many rows one sweep takes.
const SWEEP: i64 = 200;

#[async_trait]
impl Tx for Uow {
    async fn person_for_update(&mut self, id: UserId) -> Result<Person, StoreError> {
        // A row that is not there can't be locked; when nothing comes of it, it goes again.
        self.register(id).await?;
        let row = sqlx::query_as!(
            ProfileRow,
            "SELECT user_id, full_name, country, document_type, document_number, birth_date,
                    kyc_state, kyc_submitted_at, kyc_valid_until, kyc_reason, display_name,
                    language, residence, phone
             FROM profiles WHERE tenant_id = $1 AND user_id = $2 FOR UPDATE",
            self.context().tenant.as_uuid(),
            id.as_uuid(),
        )
        .fetch_one(self.conn())
        .await
        .map_err(store_error)?;
        row.try_into()
    }

    async fn person(&mut self, id: UserId) -> Result<Person, StoreError> {
        let row = sqlx::query_as!(
            ProfileRow,
            "SELECT user_id, full_name, country, document_type, document_number, birth_date,
                    kyc_state, kyc_submitted_at, kyc_valid_until, kyc_reason, display_name,
                    language, residence, phone
             FROM profiles WHERE tenant_id = $1 AND user_id = $2",
            self.context().tenant.as_uuid(),
            id.as_uuid(),
        )
        .fetch_optional(self.conn())
        .await
        .map_err(store_error)?;
        let unknown = Person {
            id,
            documents: None,
            kyc: Kyc::None,
            profile: Profile::default(),
        };
        row.map_or(Ok(unknown), Person::try_from)
    }

    async fn names(&mut self, ids: &[UserId]) -> Result<Vec<(UserId, String)>, StoreError> {
        let ids: Vec<Uuid> = ids.iter().map(|id| id.as_uuid()).collect();
        let rows = sqlx::query!(
            r#"SELECT user_id, coalesce(display_name, full_name) AS "name!" FROM profiles
               WHERE tenant_id = $1 AND user_id = ANY($2)
                 AND num_nonnulls(display_name, full_name) > 0"#,
            self.context().tenant.as_uuid(),
            &ids,
        )
        .fetch_all(self.conn())
        .await
        .map_err(store_error)?;
        let name = |id: Uuid, name| (UserId::from(id), name);
        Ok(rows
            .into_iter()
            .map(|row| name(row.user_id, row.name))
            .collect())
    }

    async fn pending(&mut self, first: i64) -> Result<Vec<Person>, StoreError> {
        let rows = sqlx::query_as!(
            ProfileRow,
            "SELECT user_id, full_name, country, document_type, document_number, birth_date,
                    kyc_state, kyc_submitted_at, kyc_valid_until, kyc_reason, display_name,
                    language, residence, phone
             FROM profiles WHERE tenant_id = $1 AND kyc_state = 'PENDING'
             ORDER BY kyc_submitted_at, user_id LIMIT $2",
            self.context().tenant.as_uuid(),
            first,
        )
        .fetch_all(self.conn())
        .await
        .map_err(store_error)?;
        rows.into_iter().map(Person::try_from).collect()
    }

    async fn register(&mut self, id: UserId) -> Result<(), StoreError> {
        sqlx::query!(
            "INSERT INTO profiles (tenant_id, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            self.context().tenant.as_uuid(),
            id.as_uuid(),
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        Ok(())
    }

    async fn save(&mut self, person: &Person, by: &str) -> Result<(), StoreError> {
        let shown = person.documents.as_ref();
        let (state, submitted_at, valid_until, reason) = columns(&person.kyc);
        sqlx::query!(
            "UPDATE profiles SET full_name = $3, country = $4, document_type = $5,
                 document_number = $6, birth_date = $7, kyc_state = $8, kyc_submitted_at = $9,
                 kyc_valid_until = $10, kyc_reason = $11
             WHERE tenant_id = $1 AND user_id = $2",
            self.context().tenant.as_uuid(),
            person.id.as_uuid(),
            shown.map(|shown| shown.full_name.as_str()),
            shown.map(|shown| shown.country.as_str()),
            shown.map(|shown| shown.document_type.as_str()),
            shown.map(|shown| shown.document_number.as_str()),
            shown.map(|shown| shown.birth_date),
            state.to_string(),
            submitted_at,
            valid_until,
            reason,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        publisher::moved(self, person, by).await
    }

    async fn save_profile(&mut self, person: &Person) -> Result<(), StoreError> {
        let said = &person.profile;
        sqlx::query!(
            "UPDATE profiles SET display_name = $3, language = $4, residence = $5, phone = $6
             WHERE tenant_id = $1 AND user_id = $2",
            self.context().tenant.as_uuid(),
            person.id.as_uuid(),
            said.display_name,
            said.language,
            said.country,
            said.phone,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        publisher::profile_updated(self, person.id, said).await
    }
}

#[async_trait]
impl Store for Database {
    async fn begin(&self, actor: &Actor) -> Result<Box<dyn Tx>, StoreError> {
        Ok(Box::new(self.unit_of_work(Context::from(actor)).await?))
    }

    async fn over(&self) -> Result<Vec<(TenantId, UserId)>, StoreError> {
        let rows = sqlx::query!(
            "SELECT tenant_id, user_id FROM profiles, business_clock
             WHERE kyc_state = 'VERIFIED'
               AND kyc_valid_until <= now() + make_interval(secs => offset_s::float8)
             ORDER BY kyc_valid_until LIMIT $1",
            SWEEP,
        )
        .fetch_all(self.worker())
        .await
        .map_err(store_error)?;
        let due = |tenant: Uuid, user: Uuid| (TenantId::from(tenant), UserId::from(user));
        Ok(rows
            .into_iter()
            .map(|row| due(row.tenant_id, row.user_id))
            .collect())
    }

    async fn untold(&self, in_force: &[(Consent, i32)]) -> Result<Vec<TenantId>, StoreError> {
        let (consents, versions): (Vec<_>, Vec<_>) = in_force
            .iter()
            .map(|(consent, version)| (consent.to_string(), *version))
            .unzip();
        let rows = sqlx::query_scalar!(
            r#"SELECT DISTINCT p.tenant_id
               FROM profiles p CROSS JOIN unnest($1::text[], $2::int[]) AS t (consent, version)
               WHERE NOT EXISTS (
                   SELECT FROM consent_texts c
                   WHERE c.tenant_id = p.tenant_id AND c.consent = t.consent
                     AND c.version = t.version)
               LIMIT $3"#,
            &consents,
            &versions,
            SWEEP,
        )
        .fetch_all(self.worker())
        .await
        .map_err(store_error)?;
        Ok(rows.into_iter().map(TenantId::from).collect())
    }
}
