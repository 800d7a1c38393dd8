//! Accounts, transfers and the books of projects on PostgreSQL. The row locks of books and accounts
//! are what all rests on.

use async_trait::async_trait;
use authz::Actor;
use ids::{ParticipationId, ProjectId, TransferId};
use ledger::{Account, Ledger, PendingState, Transfer, TransferKind};
use money::{Currency, Money};
use pg::{Context, Database, Uow, store_error};
use time::OffsetDateTime;
use uow::{StoreError, UnitOfWork as _};
use uuid::Uuid;

use super::{ledger_record, publisher};
use crate::application::ports::{
    Book, BooksTx, Direction, Funds, Label, Participating, Store, Tx, WaitingHold,
};
use crate::domain::{AccountKey, AccountKind, Books, Chart, Figures};

#[async_trait]
impl BooksTx for Uow {
    async fn book_for_update(
        &mut self,
        keys: &[AccountKey],
        currency: Currency,
        transfers: &[TransferId],
    ) -> Result<Book, StoreError> {
        let tenant = self.context().tenant.as_uuid();
        let kinds: Vec<String> = keys.iter().map(|key| key.kind().to_string()).collect();
        let owners: Vec<Uuid> = keys.iter().copied().map(owner_of).collect();
        let new: Vec<Uuid> = keys
            .iter()
            .map(|_| ids::AccountId::new().as_uuid())
            .collect();
        sqlx::query!(
            "INSERT INTO accounts (tenant_id, account_id, kind, owner_id, currency)
             SELECT $1, n.id, n.kind, n.owner, $5
             FROM unnest($2::uuid[], $3::text[], $4::uuid[]) AS n (id, kind, owner)
             ORDER BY n.kind, n.owner
             ON CONFLICT (tenant_id, kind, owner_id, currency) DO NOTHING",
            tenant,
            &new,
            &kinds,
            &owners,
            currency.code(),
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        let rows = sqlx::query!(
            "SELECT account_id, kind, owner_id, debits_posted, credits_posted, debits_pending,
                    credits_pending
             FROM accounts
             WHERE tenant_id = $1 AND currency = $2 AND (kind, owner_id) IN
                 (SELECT * FROM unnest($3::text[], $4::uuid[]))
             ORDER BY account_id FOR UPDATE",
            tenant,
            currency.code(),
            &kinds,
            &owners,
        )
        .fetch_all(self.conn())
        .await
        .map_err(store_error)?;
        let mut named = Vec::with_capacity(rows.len());
        let mut accounts = Vec::with_capacity(rows.len());
        for row in rows {
            let key = key_of(pg::stored(&row.kind)?, row.owner_id);
            let id = row.account_id.into();
            named.push((key, id));
            accounts.push(Account {
                debits_posted: row.debits_posted,
                credits_posted: row.credits_posted,
                debits_pending: row.debits_pending,
                credits_pending: row.credits_pending,
                ..key.open(id, currency)
            });
        }
        let transfers = self.transfers(transfers).await?;
        let chart = named.into_iter().collect::<Chart>();
        Ok(Book::new(chart, Ledger::load(accounts, transfers)))
    }

    async fn save_book(&mut self, book: &Book) -> Result<(), StoreError> {
        let tenant = self.context().tenant.as_uuid();
        let now = self.now();
        let changes = book.ledger.changes();
        for account in changes.accounts {
            sqlx::query!(
                "UPDATE accounts SET debits_posted = $3, credits_posted = $4, debits_pending = $5,
                        credits_pending = $6
                 WHERE tenant_id = $1 AND account_id = $2",
                tenant,
                account.id.as_uuid(),
                account.debits_posted,
                account.credits_posted,
                account.debits_pending,
                account.credits_pending,
            )
            .execute(self.conn())
            .await
            .map_err(store_error)?;
        }
        // What became of a hold stands in the transfer that ended it.
        for transfer in &changes.created {
            let (kind, pending) = kind_of(transfer.kind);
            let Label { purpose, project } = book.label(transfer.id);
            sqlx::query!(
                "INSERT INTO transfers (tenant_id, transfer_id, kind, pending_id, debit_account,
                        credit_account, amount, currency, purpose, project_id, at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                tenant,
                transfer.id.as_uuid(),
                kind,
                pending.map(TransferId::as_uuid),
                transfer.debit.as_uuid(),
                transfer.credit.as_uuid(),
                transfer.amount_minor,
                transfer.currency.code(),
                purpose.to_string(),
                project.map(ProjectId::as_uuid),
                now,
            )
            .execute(self.conn())
            .await
            .map_err(store_error)?;
        }
        ledger_record::booked(self, book, &changes.created).await
    }

    async fn claim_reference(
        &mut self,
        direction: Direction,
        bank_reference: &str,
    ) -> Result<bool, StoreError> {
        let tenant = self.context().tenant.as_uuid();
        let claimed = sqlx::query!(
            "INSERT INTO bank_references (tenant_id, direction, reference)
             VALUES ($1, $2, upper(btrim($3))) ON CONFLICT DO NOTHING",
            tenant,
            direction.to_string(),
            bank_reference,
        )
        .execute(self.conn())
        .await
        .map_err(store_error)?;
        Ok(claimed.rows_affected() == 1)
    }

    async fn books_for_update(&mut self, project: ProjectId) -> Result<Option<Books>, StoreError> {
        let tenant = self.context().tenant.as_uuid();
        sqlx::query_as!(
            BooksRow,
            "SELECT project_id, owner_id, currency, phase, captured, advances, recovered, costs,
                    requested, unspent_paid, advances_returned, proceeds, advances_repaid,
                    owner_split_paid, paid_gross
             FROM project_books WHERE tenant_id = $1 AND project_id = $2 FOR UPDATE",
            tenant,
            project.as_uuid(),
        )
        .fetch_optional(self.conn())
        .await
        .map_err(store_error)?
        .map(Books::try_from)
        .transpose()
    }

    async fn save_books(&mut self, books: &Books) -> Result<(), StoreError> {
        let tenant = self.context().tenant.as_uuid();
        let f = &books.figures;
        sqlx::query!(
            "INSERT INTO project_books (tenant_id, project_id, owner_id, currency, phase, captured,
                    advances, recovered, costs, requested, unspent_paid, advances_returned,
                    proceeds, advances_repaid, owner_split_paid, paid_gross)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
             ON CONFLICT (tenant_id, project_id) DO UPDATE SET
                    (phase, captured, advances, recovered, costs, requested, unspent_paid,
                     advances_returned, proceeds, advances_repaid, owner_split_paid, paid_gross)
                  = (excluded.phase, excluded.captured, excluded.advances, excluded.recovered,
                     excluded.costs, excluded.requested, excluded.unspent_paid,
                     excluded.advances_returned, excluded.proceeds, excluded.advances_repaid,
                     excluded.owner_split_paid, excluded.paid_gross)",
            tenant,
            books.project.as_uuid(),
            books.owner.as_uuid(),
            books.currency.code(),
            books.phase.to_string(),
            f.captured_minor,
            f.advances_minor,
            f.recovered_minor,
            f.costs_minor,
            f.requested_minor,
            f.unspent_paid_minor,
            f.advances_returned_minor,
            f.proceeds_minor,
            f.advances_repaid_minor,
            f.owner_split_paid_minor,
            f.paid_gross_minor,
        )
        .execute(self.conn())
        .await
        .map(drop)
        .map_err(store_error)
    }

    async fn hold_back_opening(&mut self, project: ProjectId) -> Result<(), StoreError> {
        // The books' row does not exist yet: there is nothing else to lock.
        sqlx::query!(
            r#"SELECT pg_advisory_xact_lock(hashtextextended($1::text, 0))::text AS "locked?""#,
            project.to_string(),
        )
        .fetch_one(self.conn())
        .await
        .map(drop)
        .map_err(store_error)
    }

    async fn add_waiting_hold(&mut self, hold: &WaitingHold) -> Result<(), StoreError> {
        let tenant = self.context().tenant.as_uuid();
        sqlx::query!(
            "INSERT INTO waiting_holds (tenant_id, participation_id, project_id, investor_id,
                    amount, currency)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
            tenant,
            hold.of.participation.as_uuid(),
            hold.of.project.as_uuid(),
            hold.of.investor.as_uuid(),
            hold.amount.minor(),
            hold.amount.currency().code(),
        )
        .execute(self.conn())
        .await
        .map(drop)
        .map_err(store_error)
    }

    async fn waiting_holds(&mut self, project: ProjectId) -> Result<Vec<WaitingHold>, StoreError> {
        let tenant = self.context().tenant.as_uuid();
        let rows = sqlx::query!(
            "SELECT participation_id, investor_id, amount, currency FROM waiting_holds
             WHERE tenant_id = $1 AND project_id = $2 ORDER BY participation_id",
            tenant,
            project.as_uuid(),
        )
        .fetch_all(self.conn())
        .await
        .map_err(store_error)?;
        rows.into_iter()
            .map(|row| {
                Ok(WaitingHold {
                    of: Participating {
                        participation: row.participation_id.into(),
                        project,
                        investor: row.investor_id.into(),
                    },
                    amount: amount(row.amount, &row.currency)?,
                })
            })
            .collect()
    }

    async fn has_tombstone(&mut self, id: ParticipationId) -> Result<bool, StoreError> {
        let tenant = self.context().tenant.as_uuid();
        sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM tombstones WHERE tenant_id = $1 AND participation_id = $2)
               AS "there!""#,
            tenant,
            id.as_uuid(),
        )
        .fetch_one(self.conn())
        .await
        .map_err(store_error)
    }

    async fn add_tombstone(&mut self, id: ParticipationId) -> Result<(), StoreError> {
        let tenant = self.context().tenant.as_uuid();
        let now = self.now();
        sqlx::query!(
            "INSERT INTO tombstones (tenant_id, participation_id, at) VALUES ($1, $2, $3)
             ON CONFLICT DO NOTHING",
            tenant,
            id.as_uuid(),
            now,
        )
        .execute(self.conn())
        .await
        .map(drop)
        .map_err(store_error)
    }

    async fn keep_deadline(
        &mut self,
        id: ParticipationId,
        decide_by: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let tenant = self.context().tenant.as_uuid();
        sqlx::query!(
            "INSERT INTO hold_deadlines (tenant_id, participation_id, decide_by)
             VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            tenant,
            id.as_uuid(),
            decide_by,
        )
        .execute(self.conn())
        .await
        .map(drop)
        .map_err(store_error)
    }

    async fn is_refunded(&mut self, id: ParticipationId) -> Result<bool, StoreError> {
        let tenant = self.context().tenant.as_uuid();
        sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM refunds WHERE tenant_id = $1 AND participation_id = $2)
               AS "there!""#,
            tenant,
            id.as_uuid(),
        )
        .fetch_one(self.conn())
        .await
        .map_err(store_error)
    }

    async fn add_refund(
        &mut self,
        id: ParticipationId,
        transfer: TransferId,
    ) -> Result<(), StoreError> {
        let tenant = self.context().tenant.as_uuid();
        sqlx::query!(
            "INSERT INTO refunds (tenant_id, participation_id, transfer_id) VALUES ($1, $2, $3)",
            tenant,
            id.as_uuid(),
            transfer.as_uuid(),
        )
        .execute(self.conn())
        .await
        .map(drop)
        .map_err(store_error)
    }

    async fn record_funds(&mut self, of: Participating, funds: &Funds) -> Result<(), StoreError> {
        publisher::funds_moved(self, of, funds).await
    }

    async fn record_escrow(&mut self, books: &Books) -> Result<(), StoreError> {
        publisher::escrow_changed(self, books).await
    }
}

#[async_trait]
impl Store for Database {
    async fn begin(&self, actor: &Actor) -> Result<Box<dyn Tx>, StoreError> {
        Ok(Box::new(self.unit_of_work(Context::from(actor)).await?))
    }
}

/// A row of `project_books`.
pub(super) struct BooksRow {
    pub project_id: Uuid,
    pub owner_id: Uuid,
    pub currency: String,
    pub phase: String,
    pub captured: i64,
    pub advances: i64,
    pub recovered: i64,
    pub costs: i64,
    pub requested: i64,
    pub unspent_paid: i64,
    pub advances_returned: i64,
    pub proceeds: i64,
    pub advances_repaid: i64,
    pub owner_split_paid: i64,
    pub paid_gross: i64,
}

impl TryFrom<BooksRow> for Books {
    type Error = StoreError;

    fn try_from(row: BooksRow) -> Result<Self, StoreError> {
        Ok(Self {
            project: row.project_id.into(),
            owner: row.owner_id.into(),
            currency: pg::stored(&row.currency)?,
            phase: pg::stored(&row.phase)?,
            figures: Figures {
                captured_minor: row.captured,
                advances_minor: row.advances,
                recovered_minor: row.recovered,
                costs_minor: row.costs,
                requested_minor: row.requested,
                unspent_paid_minor: row.unspent_paid,
                advances_returned_minor: row.advances_returned,
                proceeds_minor: row.proceeds,
                advances_repaid_minor: row.advances_repaid,
                owner_split_paid_minor: row.owner_split_paid,
                paid_gross_minor: row.paid_gross,
            },
        })
    }
}

/// Reads the transfers that the ledger has to know of.
#[async_trait]
trait Transfers {
    async fn transfers(&mut self, ids: &[TransferId]) -> Result<Vec<Transfer>, StoreError>;
}

#[async_trait]
impl Transfers for Uow {
    async fn transfers(&mut self, ids: &[TransferId]) -> Result<Vec<Transfer>, StoreError> {
        let tenant = self.context().tenant.as_uuid();
        let ids: Vec<Uuid> = ids.iter().map(|id| id.as_uuid()).collect();
        let rows = sqlx::query!(
            r#"SELECT t.transfer_id, t.kind, t.pending_id, t.debit_account, t.credit_account,
                      t.amount, t.currency, e.kind AS "ended_by?"
               FROM transfers t LEFT JOIN transfers e
                 ON e.tenant_id = t.tenant_id AND e.pending_id = t.transfer_id
               WHERE t.tenant_id = $1 AND t.transfer_id = ANY ($2)"#,
            tenant,
            &ids,
        )
        .fetch_all(self.conn())
        .await
        .map_err(store_error)?;
        let mut transfers = Vec::with_capacity(rows.len());
        for row in rows {
            transfers.push(Transfer {
                id: row.transfer_id.into(),
                debit: row.debit_account.into(),
                credit: row.credit_account.into(),
                amount_minor: row.amount,
                currency: pg::stored(&row.currency)?,
                kind: read_kind(&row.kind, row.pending_id, row.ended_by.as_deref())?,
            });
        }
        Ok(transfers)
    }
}

fn read_kind(
    kind: &str,
    pending: Option<Uuid>,
    ended_by: Option<&str>,
) -> Result<TransferKind, StoreError> {
    let state = match ended_by {
        None => PendingState::Open,
        Some("POST_PENDING") => PendingState::Posted,
        Some("VOID_PENDING") => PendingState::Voided,
        Some("EXPIRE_PENDING") => PendingState::Expired,
        Some(other) => return Err(StoreError::failed(format!("a hold ended by `{other}`"))),
    };
    match (kind, pending) {
        ("POSTED", None) => Ok(TransferKind::Posted),
        ("PENDING", None) => Ok(TransferKind::Pending(state)),
        ("POST_PENDING", Some(id)) => Ok(TransferKind::PostPending(id.into())),
        ("VOID_PENDING", Some(id)) => Ok(TransferKind::VoidPending(id.into())),
        ("EXPIRE_PENDING", Some(id)) => Ok(TransferKind::ExpirePending(id.into())),
        (other, _) => Err(StoreError::failed(format!("a transfer of kind `{other}`"))),
    }
}

pub(super) const fn kind_of(kind: TransferKind) -> (&'static str, Option<TransferId>) {
    match kind {
        TransferKind::Posted => ("POSTED", None),
        TransferKind::Pending(_) => ("PENDING", None),
        TransferKind::PostPending(id) => ("POST_PENDING", Some(id)),
        TransferKind::VoidPending(id) => ("VOID_PENDING", Some(id)),
        TransferKind::ExpirePending(id) => ("EXPIRE_PENDING", Some(id)),
    }
}

/// The tenant's own accounts have the nil UUID for an owner.
pub(super) fn owner_of(key: AccountKey) -> Uuid {
    match key {
        AccountKey::Wallet(user) => user.as_uuid(),
        AccountKey::EscrowCapital(project) | AccountKey::EscrowProceeds(project) => {
            project.as_uuid()
        }
        AccountKey::CustodyBank
        | AccountKey::PlatformFees
        | AccountKey::TaxPayable
        | AccountKey::Suspense => Uuid::nil(),
    }
}

fn key_of(kind: AccountKind, owner: Uuid) -> AccountKey {
    match kind {
        AccountKind::Wallet => AccountKey::Wallet(owner.into()),
        AccountKind::EscrowCapital => AccountKey::EscrowCapital(owner.into()),
        AccountKind::EscrowProceeds => AccountKey::EscrowProceeds(owner.into()),
        AccountKind::CustodyBank => AccountKey::CustodyBank,
        AccountKind::PlatformFees => AccountKey::PlatformFees,
        AccountKind::TaxPayable => AccountKey::TaxPayable,
        AccountKind::Suspense => AccountKey::Suspense,
    }
}

/// An amount as two columns keep it.
pub(super) fn amount(minor: i64, currency: &str) -> Result<Money, StoreError> {
    Money::try_new(minor, pg::stored(currency)?).map_err(StoreError::failed)
}
