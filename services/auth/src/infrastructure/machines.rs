//! Machines' credentials on PostgreSQL.

use async_trait::async_trait;
use ids::UserId;
use pg::{Uow, store_error};
use time::OffsetDateTime;
use uow::StoreError;
use uuid::Uuid;

use super::publisher;
use super::rows::digest;
use crate::application::ports::Machines;
use crate::domain::Machine;

struct MachineRow {
    client_id: Uuid,
    name: String,
    secret_hash: Vec<u8>,
    issued_by: Uuid,
    issued_at: OffsetDateTime,
    revoked_at: Option<OffsetDateTime>,
}

impl TryFrom<MachineRow> for Machine {
    type Error = StoreError;

    fn try_from(row: MachineRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.client_id.into(),
            name: row.name,
            secret: digest(row.secret_hash)?,
            issued_by: row.issued_by.into(),
            issued_at: row.issued_at,
            revoked_at: row.revoked_at,
        })
    }
}

#[async_trait]
impl Machines for Uow {
    async fn machines(&mut self) -> Result<Vec<Machine>, StoreError> {
        let rows = sqlx::query_as!(
            MachineRow,
            "SELECT client_id, name, secret_hash, issued_by, issued_at, revoked_at
             FROM service_credentials WHERE tenant_id = $1
             ORDER BY issued_at DESC, client_id LIMIT 200",
            self.context().tenant.as_uuid(),
        )
        .fetch_all(self.conn())
        .await
        .map_err(store_error)?;
        rows.into_iter().map(Machine::try_from).collect()
    }

    async fn machine_for_update(&mut self, id: UserId) -> Result<Option<Machine>, StoreError> {
        let row = sqlx::query_as!(
            MachineRow,
            "SELECT client_id, name, secret_hash, issued_by, issued_at, revoked_at
             FROM service_credentials WHERE tenant_id = $1 AND client_id = $2 FOR UPDATE",
            self.context().tenant.as_uuid(),
            id.as_uuid(),
        )
        .fetch_optional(self.conn())
        .await
        .map_err(store_error)?;
        row.map(Machine::try_from).transpose()
    }

    async fn issue_machine(&mut self, machine: &Machine) -> Result<(), StoreError> {
        sqlx::query!(
            "INSERT INTO service_credentials (tenant_id, client_id, name, secret_hash, issued_by,
                 issued_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
            self.context().tenant.as_uuid(),
            machine.id.as_uuid(),
            machine.name,
            machine.secret.as_slice(),
            machine.issued_by.as_uuid(),
            machine.issued_at,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        publisher::machine_issued(self, machine).await
    }

    async fn revoke_machine(&mut self, machine: &Machine, by: UserId) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE service_credentials SET revoked_at = $3
             WHERE tenant_id = $1 AND client_id = $2",
            self.context().tenant.as_uuid(),
            machine.id.as_uuid(),
            machine.revoked_at,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        publisher::machine_revoked(self, machine, by).await
    }
}
