//! A payout: money leaves a wallet for its user's bank account. It is held when requested, and
//! posted when the bank confirms it, or released when the bank does not (domain.md §7).

use ids::{PayoutId, UserId};
use money::{Money, MoneyError};
use strum::{Display, EnumString, IntoStaticStr};
use time::{Duration, OffsetDateTime};

use super::{BankAccount, BankAccountRefusal, Posting, limit, reason};

/// How long nothing is paid out after a change of the account: whoever took over a sign-in would
/// change it first, and its person has this long to notice.
const PAUSE: Duration = Duration::hours(72);

/// How far a payout has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Display, EnumString, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum PayoutState {
    /// The money is held.
    Requested,
    /// The second person agreed.
    Agreed,
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
    pub fn is_cleared(&self, now: OffsetDateTime) -> bool {
        self.verified && self.valid_until.is_none_or(|until| now < until)
    }

    fn must_be_cleared(&self, now: OffsetDateTime) -> Result<(), PayoutRefusal> {
        if self.is_cleared(now) {
            return Ok(());
        }
        Err(PayoutRefusal::WalletBlocked)
    }
}

/// Where a user is paid out to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutAccount {
    /// The account, checked.
    pub account: BankAccount,
    /// Nothing is paid out to it before.
    pub usable_from: OffsetDateTime,
}

impl PayoutAccount {
    /// The first one is used at once, another one after a pause; the same again changes nothing.
    pub fn set(earlier: Option<Self>, account: BankAccount, now: OffsetDateTime) -> Self {
        let usable_from = match earlier {
            Some(earlier) if earlier.account == account => return earlier,
            Some(_) => now + PAUSE,
            None => now,
        };
        Self {
            account,
            usable_from,
        }
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
    /// Where to: the account's number at the time of the request.
    pub bank_account: String,
    /// How far it has come.
    pub state: PayoutState,
    /// Whether it takes what the user drew lately above the policy's limit.
    pub needs_agreement: bool,
    /// The second person.
    pub agreed_by: Option<UserId>,
    /// Why it failed.
    pub failure: Option<String>,
}

/// Why a payout is refused; nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PayoutRefusal {
    /// The payee's identity is not verified: the money stays in the wallet until it is.
    #[error("the identity is not verified, or not any more: the money stays in the wallet")]
    WalletBlocked,
    /// Nowhere to pay to.
    #[error("set an account to be paid out to first")]
    NoAccount,
    /// The account is too new.
    #[error("the account was changed: payouts go on from {until}")]
    AccountPaused {
        /// From here on.
        until: OffsetDateTime,
    },
    /// The payee has set another account since: the payout fails, and is asked for again.
    #[error("the account was changed since the payout was asked for")]
    AccountChanged,
    /// It is no account number.
    #[error(transparent)]
    Account(#[from] BankAccountRefusal),
    /// An amount of zero or less.
    #[error("the amount must be above zero")]
    AmountMustBePositive,
    /// The bank's answer is known.
    #[error("the payout is {0} already")]
    AlreadyDecided(PayoutState),
    /// It was agreed, or needs no agreement.
    #[error("the payout needs no agreement, or was agreed")]
    NothingToAgree,
    /// A second person must agree first.
    #[error("a second person must agree first")]
    NeedsAgreement,
    /// One person cannot do two of: ask, agree, confirm.
    #[error("another person must do this")]
    SamePerson,
    /// A failure says why.
    #[error("a reason of 1 to 500 characters is required")]
    NoReason,
    /// A number too large.
    #[error(transparent)]
    Number(#[from] MoneyError),
}

impl PayoutRefusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::WalletBlocked => "wallet_blocked",
            Self::NoAccount => "no_payout_account",
            Self::AccountPaused { .. } => "payout_account_paused",
            Self::AccountChanged => "payout_account_changed",
            Self::Account(refusal) => refusal.code(),
            Self::AmountMustBePositive => "amount_must_be_positive",
            Self::AlreadyDecided(_) => "already_decided",
            Self::NothingToAgree => "nothing_to_agree",
            Self::NeedsAgreement => "needs_agreement",
            Self::SamePerson => "same_person",
            Self::NoReason => "reason_required",
            Self::Number(number) => number.code(),
        }
    }
}

impl Payout {
    /// Asks for one's own money; the transfer holds it in the same unit of work. `lately` is what
    /// the user drew in the policy's window without a second person.
    pub fn request(
        id: PayoutId,
        (payee, account): (&Payee, Option<&PayoutAccount>),
        (amount, lately): (Money, Money),
        now: OffsetDateTime,
    ) -> Result<(Self, Posting), PayoutRefusal> {
        payee.must_be_cleared(now)?;
        if !amount.is_positive() {
            return Err(PayoutRefusal::AmountMustBePositive);
        }
        let account = account.ok_or(PayoutRefusal::NoAccount)?;
        let until = account.usable_from;
        if now < until {
            return Err(PayoutRefusal::AccountPaused { until });
        }
        let drawn = lately.checked_add(amount)?;
        let payout = Self {
            id,
            user: payee.user,
            amount,
            bank_account: account.account.number.clone(),
            state: PayoutState::Requested,
            needs_agreement: drawn.compare(limit(amount.currency())?)?.is_gt(),
            agreed_by: None,
            failure: None,
        };
        let posting = payout.posting();
        Ok((payout, posting))
    }

    /// The transfer that holds it, and is posted or voided in the end.
    pub const fn posting(&self) -> Posting {
        Posting::payout(self.user, self.amount)
    }

    /// The second person agrees.
    pub fn agree(&mut self, by: UserId) -> Result<(), PayoutRefusal> {
        self.must_be_open()?;
        if !self.needs_agreement || self.state == PayoutState::Agreed {
            return Err(PayoutRefusal::NothingToAgree);
        }
        if by == self.user {
            return Err(PayoutRefusal::SamePerson);
        }
        self.agreed_by = Some(by);
        self.state = PayoutState::Agreed;
        Ok(())
    }

    /// The bank paid: the hold is to be posted. The payee's verification may have ended meanwhile,
    /// and the account may be another one.
    pub fn confirm(
        &mut self,
        by: UserId,
        (payee, account): (&Payee, Option<&PayoutAccount>),
        now: OffsetDateTime,
    ) -> Result<(), PayoutRefusal> {
        self.must_be_open()?;
        payee.must_be_cleared(now)?;
        if self.needs_agreement && self.agreed_by.is_none() {
            return Err(PayoutRefusal::NeedsAgreement);
        }
        if account.is_some_and(|now| now.account.number != self.bank_account) {
            return Err(PayoutRefusal::AccountChanged);
        }
        self.decide(by, PayoutState::Paid)
    }

    /// The bank did not pay: the hold is to be voided.
    pub fn fail(&mut self, by: UserId, why: &str) -> Result<(), PayoutRefusal> {
        self.must_be_open()?;
        let reason = reason(why).ok_or(PayoutRefusal::NoReason)?;
        self.decide(by, PayoutState::Failed)?;
        self.failure = Some(reason);
        Ok(())
    }

    fn must_be_open(&self) -> Result<(), PayoutRefusal> {
        match self.state {
            PayoutState::Requested | PayoutState::Agreed => Ok(()),
            PayoutState::Paid | PayoutState::Failed => {
                Err(PayoutRefusal::AlreadyDecided(self.state))
            }
        }
    }

    fn decide(&mut self, by: UserId, state: PayoutState) -> Result<(), PayoutRefusal> {
        if by == self.user || Some(by) == self.agreed_by {
            return Err(PayoutRefusal::SamePerson);
        }
        self.state = state;
        Ok(())
    }
}
