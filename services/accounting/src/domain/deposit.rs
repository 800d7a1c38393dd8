//! A deposit: a bank receipt that is a user's, or nobody's until its user is found; it goes back to
//! where it came from when it was nobody's, or booked by mistake (domain.md §7).

use ids::{TransferId, UserId};
use money::Money;
use text::Rule;

use super::Posting;

/// A receipt at the bank, and where its money is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deposit {
    /// Its id, and its first transfer's.
    pub id: TransferId,
    /// Whose wallet it is in; none while it waits in suspense.
    pub user: Option<UserId>,
    /// How much.
    pub amount: Money,
    /// The bank's name for it.
    pub bank_reference: String,
    /// What the payment says, or why it belongs to nobody.
    pub note: String,
    /// Who booked it.
    pub booked_by: UserId,
    /// Whether it went back.
    pub returned: bool,
}

/// Why a deposit stays where it is; nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DepositRefusal {
    /// Its user is known.
    #[error("the deposit is in a wallet already: return it, if it is the wrong one")]
    AlreadyMatched,
    /// The money is not here any more.
    #[error("the deposit was returned already")]
    AlreadyReturned,
    /// Nobody books money to oneself.
    #[error("another person must do this")]
    SamePerson,
    /// A return says why.
    #[error("a reason of 1 to 500 characters is required")]
    NoReason,
}

impl DepositRefusal {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::AlreadyMatched => "deposit_matched",
            Self::AlreadyReturned => "deposit_returned",
            Self::SamePerson => "same_person",
            Self::NoReason => "reason_required",
        }
    }
}

impl Deposit {
    /// The transfer that books it.
    pub const fn posting(&self) -> Posting {
        match self.user {
            Some(user) => Posting::deposit(user, self.amount),
            None => Posting::unmatched_deposit(self.amount),
        }
    }

    /// Its user was found: out of suspense into the wallet.
    pub fn match_to(&mut self, user: UserId, by: UserId) -> Result<Posting, DepositRefusal> {
        self.must_be_here()?;
        if self.user.is_some() {
            return Err(DepositRefusal::AlreadyMatched);
        }
        if by == user {
            return Err(DepositRefusal::SamePerson);
        }
        self.user = Some(user);
        Ok(Posting::deposit_matched(user, self.amount))
    }

    /// It goes back to where it came from, out of suspense or out of the wrong wallet: the ledger
    /// refuses when the wallet does not have it free any more.
    pub fn give_back(
        &mut self,
        why: &str,
        by: UserId,
    ) -> Result<(Posting, String), DepositRefusal> {
        self.must_be_here()?;
        if self.user == Some(by) {
            return Err(DepositRefusal::SamePerson);
        }
        let reason = reason(why).ok_or(DepositRefusal::NoReason)?;
        self.returned = true;
        Ok((Posting::deposit_returned(self.user, self.amount), reason))
    }

    const fn must_be_here(&self) -> Result<(), DepositRefusal> {
        if self.returned {
            return Err(DepositRefusal::AlreadyReturned);
        }
        Ok(())
    }
}

/// Why something was decided, in 1 to 500 characters that everybody sees; none where it is no such
/// text.
pub fn reason(given: &str) -> Option<String> {
    Rule::long("reason", 500).read(given).ok()
}
