//! The rules of the books: accounts, what may move between them, and what a project's money is for.

mod account;
mod bank_account;
mod bank_reference;
mod books;
mod budget;
mod claim;
mod deposit;
mod disbursement;
mod payout;
mod posting;
mod recovery;
mod run;
mod run_document;
mod snapshot;

pub use account::{AccountKey, AccountKind, Chart, NoAccount};
pub use bank_account::{AccountScheme, BankAccount, BankAccountRefusal};
pub use bank_reference::bank_reference;
pub use books::{Books, BooksRefusal, Figures, Phase};
pub use budget::{Budget, BudgetLine};
pub use claim::{Claim, ClaimKind, ClaimRefusal, ClaimedGoods, Matched};
pub use deposit::{Deposit, DepositRefusal, reason};
pub use disbursement::{
    Disbursement, DisbursementRefusal, DisbursementState, Invoice, Standing, limit, window_from,
};
pub use payout::{Payee, Payout, PayoutAccount, PayoutRefusal, PayoutState};
pub use posting::{Posting, Purpose};
pub use recovery::{Recovery, RecoveryKind, RecoveryRefusal};
pub use run::{Participant, RunRefusal, RunState, SettlementFacts, SettlementRun, facts, postings};
pub use run_document::{RunDocument, RunShare, run_of, shares};
pub use snapshot::{
    ApprovedProject, FreezeRefusal, ProjectTerms, SealedList, SealedStake, Snapshot,
};

#[cfg(test)]
mod cases;
#[cfg(test)]
mod tests;
