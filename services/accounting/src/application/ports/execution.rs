//! The money of execution as the use cases need it of the store.

use async_trait::async_trait;
use authz::Actor;
use ids::{ClaimId, DisbursementId, ProjectId, TransferId, UserId};
use ledger::Account;
use money::Money;
use time::OffsetDateTime;
use uow::StoreError;

use crate::domain::{
    ApprovedProject, Books, BudgetLine, Claim, Disbursement, Invoice, Participant, Recovery,
    SealedList, Snapshot, Standing,
};

/// A disbursement that is being paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paying {
    /// It, paid.
    pub disbursement: Disbursement,
    /// The bank's name for the payment, unique among payments.
    pub bank_reference: String,
}

/// A bank receipt into a project's escrow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Whose escrow.
    pub project: ProjectId,
    /// Its transfer.
    pub id: TransferId,
    /// How much.
    pub amount: Money,
    /// The bank's name for it, unique among receipts.
    pub bank_reference: String,
    /// Who booked it.
    pub booked_by: UserId,
}

/// What a unit of work does about the money of execution.
#[async_trait]
pub trait ExecutionTx: Send {
    /// Keeps what Projects approved; a project is approved once.
    async fn add_approval(&mut self, approved: &ApprovedProject) -> Result<(), StoreError>;

    /// What was approved: the terms, the sheet and the costing that the snapshot froze.
    async fn approval(&mut self, project: ProjectId)
    -> Result<Option<ApprovedProject>, StoreError>;

    /// Keeps what Participation sealed; an offering is sealed once.
    async fn add_seal(&mut self, sealed: &SealedList) -> Result<(), StoreError>;

    /// What was sealed.
    async fn seal(&mut self, project: ProjectId) -> Result<Option<SealedList>, StoreError>;

    /// Freezes: stores the canonical form with its hash, the participants and the goods, and
    /// records `SnapshotFrozen`.
    async fn add_snapshot(&mut self, snapshot: &Snapshot) -> Result<(), StoreError>;

    /// The sealed participations and what runs paid on them, by approval and id.
    async fn participants(&mut self, project: ProjectId) -> Result<Vec<Participant>, StoreError>;

    /// The goods as they count in a run, by SKU; the project's books are locked.
    async fn goods(&mut self, project: ProjectId) -> Result<Vec<settlement::Product>, StoreError>;

    /// Stores what was received, sold and bought back of them.
    async fn save_goods(
        &mut self,
        project: ProjectId,
        goods: &[settlement::Product],
    ) -> Result<(), StoreError>;

    /// Records that the platform's fee was earned.
    async fn record_platform_fee(&mut self, books: &Books, fee: Money) -> Result<(), StoreError>;

    /// Stores a new disbursement and records `DisbursementRequested`.
    async fn add_disbursement(&mut self, disbursement: &Disbursement) -> Result<(), StoreError>;

    /// Locks the books of its project, then reads the disbursement.
    async fn disbursement_for_update(
        &mut self,
        id: DisbursementId,
    ) -> Result<Option<(Books, Disbursement)>, StoreError>;

    /// What stands beside a request for this invoice: counted since then, and locked until the unit
    /// of work ends, whoever asks for that payee in whatever project. The project's books are
    /// locked before.
    async fn standing(
        &mut self,
        books: &Books,
        invoice: &Invoice,
        since: OffsetDateTime,
    ) -> Result<Standing, StoreError>;

    /// Whether an admin suspended the project, as Projects said last.
    async fn is_suspended(&mut self, project: ProjectId) -> Result<bool, StoreError>;

    /// Keeps what Projects said last.
    async fn keep_flag(&mut self, project: ProjectId, flag: &str) -> Result<(), StoreError>;

    /// Stores that it was withdrawn or rejected and records `DisbursementWithdrawn`.
    async fn save_ended(&mut self, disbursement: &Disbursement) -> Result<(), StoreError>;

    /// What was paid on a line of the budget, and what came back on it.
    async fn paid_and_recovered(
        &mut self,
        books: &Books,
        line: &BudgetLine,
    ) -> Result<(Money, Money), StoreError>;

    /// Stores the agreement and records `DisbursementAgreed`.
    async fn save_agreed(&mut self, disbursement: &Disbursement) -> Result<(), StoreError>;

    /// Stores the payment and records `DisbursementPaid`.
    async fn save_paid(&mut self, paying: &Paying) -> Result<(), StoreError>;

    /// Records `AdvancePaid`.
    async fn record_advance(&mut self, books: &Books, amount: Money) -> Result<(), StoreError>;

    /// Stores the receipt of a recovery and records `RecoveryReceived`.
    async fn add_recovery(
        &mut self,
        receipt: &Receipt,
        recovery: &Recovery,
    ) -> Result<(), StoreError>;

    /// Stores a new claim, of a sale or a buy-back.
    async fn add_claim(&mut self, claim: &Claim) -> Result<(), StoreError>;

    /// The claim, if this project has it; its books are locked.
    async fn claim(&mut self, project: ProjectId, id: ClaimId)
    -> Result<Option<Claim>, StoreError>;

    /// Stores the receipt of a claim and records `ProceedsMatched` when that was the last of it,
    /// `ProceedsReceived` otherwise.
    async fn add_proceeds(&mut self, receipt: &Receipt, claim: &Claim) -> Result<(), StoreError>;

    /// Records `ProceedsMatched` of a claim that owes nothing.
    async fn record_nothing_owed(&mut self, claim: &Claim) -> Result<(), StoreError>;
}

/// A project's books beside what the ledger says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EscrowView {
    /// The figures.
    pub books: Books,
    /// `escrow:capital`; its pending credits are the holds.
    pub capital: Account,
    /// `escrow:proceeds`.
    pub proceeds: Account,
}

/// A budget against what was paid, and the payments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetView {
    /// By their ids, which is by time.
    pub disbursements: Vec<Disbursement>,
    /// Each line with what was paid on it, the platform's fee included.
    pub lines: Vec<(BudgetLine, Money)>,
}

/// A snapshot as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frozen {
    /// Its number, from 1.
    pub version: u32,
    /// The canonical form, whose bytes were hashed.
    pub canonical: String,
    /// SHA-256, hex.
    pub hash: String,
    /// When.
    pub frozen_at: OffsetDateTime,
    /// The project was cancelled before it began: nothing follows from the snapshot any more.
    pub void: bool,
}

/// Escrow, disbursements and snapshots, each in the actor's tenant.
#[async_trait]
pub trait ExecutionReads: Send + Sync {
    /// A project's escrow.
    async fn escrow(
        &self,
        actor: &Actor,
        project: ProjectId,
    ) -> Result<Option<EscrowView>, StoreError>;

    /// One disbursement.
    async fn disbursement(
        &self,
        actor: &Actor,
        id: DisbursementId,
    ) -> Result<Option<Disbursement>, StoreError>;

    /// A project's payments beside its budget; none before the snapshot is frozen.
    async fn budget(
        &self,
        actor: &Actor,
        project: ProjectId,
    ) -> Result<Option<BudgetView>, StoreError>;

    /// A snapshot; the newest when no version is named.
    async fn snapshot(
        &self,
        actor: &Actor,
        project: ProjectId,
        version: Option<u32>,
    ) -> Result<Option<Frozen>, StoreError>;

    /// Whether the user stands in the project's sealed list.
    async fn takes_part(
        &self,
        actor: &Actor,
        project: ProjectId,
        user: UserId,
    ) -> Result<bool, StoreError>;
}
