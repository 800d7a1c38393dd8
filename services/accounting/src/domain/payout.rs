//! A payout: money leaves a wallet for its user's bank account. It is held when requested, and
//! posted when the bank confirms it, or released when the bank does not (domain.md §7).

use ids::{PayoutId, UserId};
use money::Money;
use strum::{Display, EnumString, IntoStaticStr};
use time::OffsetDateTime;

use super::Posting;

/// How far a payout has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Display, EnumString, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum PayoutState {
    /// The money is held.
    Requested,
    /// The bank confirmed it.
    Paid,
    /// The bank did not; the money is back.
    Failed,
}

/// The person who is paid, as Users described them last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Payee {
    /// Who.
    pub user: UserId,
    /// Whether the identity was verified.
    pub verified: bool,
    /// From here on it is not any more.
    pub valid_until: Option<OffsetDateTime>,
}

impl Payee {
    /// Somebody that Users said nothing about.
    pub const fn unknown(user: UserId) -> Self {
        Self {
            user,
            verified: false,
            valid_until: None,
        }
    }

    /// Money leaves only for a person whose identity is verified at this moment.
    fn must_be_cleared(&self, now: OffsetDateTime) -> Result<(), PayoutRefusal> {
        if self.verified && self.valid_until.is_none_or(|until| now < until) {
            return Ok(());
        }
        Err(PayoutRefusal::KycNotVerified)
    }
}

/// A payment out of a wallet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payout {
    /// Its id, and its hold's.
    pub id: PayoutId,
    /// Whose money it is.
    pub user: UserId,
    /// How much.
    pub amount: Money,
    /// Where to.
    pub bank_account: String,
    /// How far it has come.
    pub state: PayoutState,
}

/// Why a payout is refused; nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PayoutRefusal {
    /// The payee's identity is not verified: the money stays in the wallet until it is.
    #[error("the identity is not verified: payouts wait until it is")]
    KycNotVerified,
    /// Nowhere to pay to.
    #[error("a bank account is required")]
    NoBankAccount,
    /// An amount of zero or less.
    #[error("the amount must be above zero")]
    AmountMustBePositive,
    /// The bank's answer is known.
    #[error("the payout is {0} already")]
    AlreadyDecided(PayoutState),
    /// Nobody confirms a payout to oneself.
    #[error("another person must confirm this")]
    SamePerson,
}

impl PayoutRefusal {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::KycNotVerified => "kyc_not_verified",
            Self::NoBankAccount => "no_bank_account",
            Self::AmountMustBePositive => "amount_must_be_positive",
            Self::AlreadyDecided(_) => "already_decided",
            Self::SamePerson => "same_person",
        }
    }
}

impl Payout {
    /// Asks for one's own money; the transfer holds it in the same unit of work.
    pub fn request(
        id: PayoutId,
        payee: &Payee,
        (amount, bank_account): (Money, String),
        now: OffsetDateTime,
    ) -> Result<(Self, Posting), PayoutRefusal> {
        payee.must_be_cleared(now)?;
        if bank_account.trim().is_empty() {
            return Err(PayoutRefusal::NoBankAccount);
        }
        if !amount.is_positive() {
            return Err(PayoutRefusal::AmountMustBePositive);
        }
        let payout = Self {
            id,
            user: payee.user,
            amount,
            bank_account,
            state: PayoutState::Requested,
        };
        let posting = payout.posting();
        Ok((payout, posting))
    }

    /// The transfer that holds it, and is posted or voided in the end.
    pub const fn posting(&self) -> Posting {
        Posting::payout(self.user, self.amount)
    }

    /// The bank paid: the hold is to be posted. The payee's verification may have ended meanwhile.
    pub fn confirm(
        &mut self,
        by: UserId,
        payee: &Payee,
        now: OffsetDateTime,
    ) -> Result<(), PayoutRefusal> {
        payee.must_be_cleared(now)?;
        self.decide(by, PayoutState::Paid)
    }

    /// The bank did not pay: the hold is to be voided.
    pub fn fail(&mut self, by: UserId) -> Result<(), PayoutRefusal> {
        self.decide(by, PayoutState::Failed)
    }

    fn decide(&mut self, by: UserId, state: PayoutState) -> Result<(), PayoutRefusal> {
        if self.state != PayoutState::Requested {
            return Err(PayoutRefusal::AlreadyDecided(self.state));
        }
        if by == self.user {
            return Err(PayoutRefusal::SamePerson);
        }
        self.state = state;
        Ok(())
    }
}
