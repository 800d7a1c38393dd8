//! The rules of the books: accounts, what may move between them, and what a project's money is for.

mod account;
mod bank_reference;
mod books;
mod budget;
mod claim;
mod disbursement;
mod payout;
mod posting;
mod run;
mod run_document;
mod snapshot;

pub use account::{AccountKey, AccountKind, Chart, NoAccount};
pub use bank_reference::bank_reference;
pub use books::{Books, BooksRefusal, Figures, Phase};
pub use budget::{Budget, BudgetLine};
pub use claim::{Claim, ClaimKind, ClaimRefusal, ClaimedGoods};
pub use disbursement::{Disbursement, DisbursementRefusal, DisbursementState, Invoice, limit};
pub use payout::{Payee, Payout, PayoutRefusal, PayoutState};
pub use posting::{Posting, Purpose};
pub use run::{Participant, RunRefusal, RunState, SettlementFacts, SettlementRun, facts, postings};
pub use run_document::{RunDocument, RunShare, run_of, shares};
pub use snapshot::{
    ApprovedProject, FreezeRefusal, ProjectTerms, SealedList, SealedStake, Snapshot,
};

#[cfg(test)]
mod cases;
#[cfg(test)]
mod tests;
