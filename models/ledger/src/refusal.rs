//! Why a command is refused. A refused command has changed nothing.

use ids::{AccountId, TransferId};
use strum::IntoStaticStr;

/// A refusal; `code` is stable, the text is for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The id was used for something else.
    #[error("the id was used before, with a different {0:?}")]
    ExistsWithDifferent(Field),
    /// There is no such account.
    #[error("there is no account {0}")]
    AccountNotFound(AccountId),
    /// A transfer from an account to itself.
    #[error("debit and credit are the same account")]
    SameAccounts,
    /// The transfer's currency is not the account's.
    #[error("account {0} is kept in another currency")]
    CurrencyMismatch(AccountId),
    /// An amount of zero or less.
    #[error("the amount must be above zero")]
    AmountMustBePositive,
    /// A debit above what is available of an account with a credit balance.
    #[error("account {0} does not hold that much")]
    ExceedsCredits(AccountId),
    /// A credit above what is available of an account with a debit balance.
    #[error("account {0} does not hold that much")]
    ExceedsDebits(AccountId),
    /// There is no such transfer.
    #[error("there is no transfer {0}")]
    PendingTransferNotFound(TransferId),
    /// The transfer was never a hold.
    #[error("transfer {0} is not a pending one")]
    PendingTransferNotPending(TransferId),
    /// The hold was posted before.
    #[error("pending transfer {0} was posted before")]
    PendingTransferAlreadyPosted(TransferId),
    /// The hold was voided before.
    #[error("pending transfer {0} was voided before")]
    PendingTransferAlreadyVoided(TransferId),
    /// The hold expired.
    #[error("pending transfer {0} has expired")]
    PendingTransferExpired(TransferId),
    /// More is to be posted than is held.
    #[error("pending transfer {0} holds less than that")]
    ExceedsPendingTransferAmount(TransferId),
    /// A linked batch that is partly in the book: its ids were not made for it alone.
    #[error("only part of the linked commands was booked before")]
    LinkedPartlyExists,
    /// A number beyond what is allowed; nothing ever wraps.
    #[error("the number is too large")]
    Overflow,
}

/// What differs under an id that was used before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case", prefix = "exists_with_different_")]
pub enum Field {
    /// Another kind of command.
    Phase,
    /// Another debited account.
    DebitAccount,
    /// Another credited account.
    CreditAccount,
    /// Another amount.
    Amount,
    /// Another currency.
    Currency,
    /// Another pending transfer.
    PendingTransfer,
}

impl Refusal {
    /// The stable code, for programs and translations.
    pub fn code(&self) -> &'static str {
        match self {
            Self::ExistsWithDifferent(field) => field.into(),
            Self::AccountNotFound(_) => "account_not_found",
            Self::SameAccounts => "same_accounts",
            Self::CurrencyMismatch(_) => "currency_mismatch",
            Self::AmountMustBePositive => "amount_must_be_positive",
            Self::ExceedsCredits(_) => "exceeds_credits",
            Self::ExceedsDebits(_) => "exceeds_debits",
            Self::PendingTransferNotFound(_) => "pending_transfer_not_found",
            Self::PendingTransferNotPending(_) => "pending_transfer_not_pending",
            Self::PendingTransferAlreadyPosted(_) => "pending_transfer_already_posted",
            Self::PendingTransferAlreadyVoided(_) => "pending_transfer_already_voided",
            Self::PendingTransferExpired(_) => "pending_transfer_expired",
            Self::ExceedsPendingTransferAmount(_) => "exceeds_pending_transfer_amount",
            Self::LinkedPartlyExists => "linked_partly_exists",
            Self::Overflow => "overflow",
        }
    }
}

/// Why a linked batch was refused: the first command that could not be booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("command {index} of the batch: {refusal}")]
pub struct LinkedRefusal {
    /// Its place in the batch, from 0.
    pub index: usize,
    /// Why.
    pub refusal: Refusal,
}
