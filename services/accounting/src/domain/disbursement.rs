//! A disbursement: the owner requests it with its invoice, above the policy's limit a second person
//! agrees, the treasurer pays (domain.md §5). Nobody does two of these. Until then the owner may
//! withdraw it, and a treasurer or an admin reject it.

use ids::{DisbursementId, DocumentId, ProjectId, UserId};
use money::{Currency, Money, MoneyError};
use strum::{Display, EnumString, IntoStaticStr};
use text::{Rule, Unfit};
use time::{Duration, OffsetDateTime};

use super::{Books, BooksRefusal, Budget, Participant, Posting, reason};

/// Above this much, in whole units of the project's currency, a second person must agree.
const SECOND_PERSON_ABOVE: i128 = 10_000;

/// As the invoice names them; one invoice of a payee is told from another by both.
const PAYEE: Rule = Rule::line("payee", 200);
const NUMBER: Rule = Rule::line("invoice", 200);

/// How long the policy remembers what passed without a second person, so that no sum goes through
/// in slices.
const WINDOW: Duration = Duration::days(30);

/// What was asked for since then counts against the limit.
pub fn window_from(now: OffsetDateTime) -> OffsetDateTime {
    now - WINDOW
}

/// The policy's limit in a currency: a second person must agree to more than that.
pub fn limit(currency: Currency) -> Result<Money, MoneyError> {
    Money::try_new(SECOND_PERSON_ABOVE * currency.scale(), currency)
}

/// How far a disbursement has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Display, EnumString, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum DisbursementState {
    /// Asked for; its amount is set aside in the escrow.
    Requested,
    /// The second person agreed.
    Agreed,
    /// Paid.
    Paid,
    /// Its owner took it back.
    Withdrawn,
    /// Somebody who pays or administers refused it.
    Rejected,
}

/// What is to be paid, to whom, and which line of the budget bears it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoice {
    /// `GOODS`, or a cost line's kind.
    pub cost_kind: String,
    /// The cost line's name; empty for the goods.
    pub line_name: String,
    /// Who is paid.
    pub payee: String,
    /// The invoice's number.
    pub number: String,
    /// How much, in the project's currency.
    pub amount: Money,
    /// The invoice itself, where it was kept.
    pub document: Option<DocumentId>,
}

/// What stands beside a request: whether the project may pay, and what passed lately without a
/// second person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The project is suspended.
    pub suspended: bool,
    /// The payee's invoice was asked for before in this project, and not withdrawn or rejected.
    pub invoice_used: bool,
    /// To this payee, out of all projects.
    pub to_payee: Money,
    /// Out of this project, to anybody.
    pub in_project: Money,
}

/// A payment out of escrow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disbursement {
    /// Its id, and its transfer's.
    pub id: DisbursementId,
    /// Whose cost it is.
    pub project: ProjectId,
    /// What for.
    pub invoice: Invoice,
    /// How far it has come.
    pub state: DisbursementState,
    /// Whether it is above the policy's limit.
    pub needs_agreement: bool,
    /// The owner.
    pub requested_by: UserId,
    /// The second person.
    pub agreed_by: Option<UserId>,
    /// Who paid it.
    pub paid_by: Option<UserId>,
    /// Who withdrew or rejected it, and why.
    pub ended: Option<(UserId, String)>,
}

/// Why a disbursement is refused; nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DisbursementRefusal {
    /// Only the owner asks for the project's costs to be paid.
    #[error("only the project's owner requests a disbursement")]
    NotTheOwner,
    /// The budget has no such line.
    #[error("the budget has no such line")]
    NoSuchBudgetLine,
    /// No payee or no invoice.
    #[error("a payee and an invoice are required, of 1 to 200 characters each")]
    NoInvoice,
    /// It was agreed, or needs no agreement.
    #[error("the disbursement needs no agreement, or was agreed")]
    NothingToAgree,
    /// A second person must agree first.
    #[error("a second person must agree first")]
    NeedsAgreement,
    /// It was paid before.
    #[error("the disbursement was paid before")]
    AlreadyPaid,
    /// It was withdrawn or rejected.
    #[error("the disbursement is {0}: request it again")]
    Ended(DisbursementState),
    /// An admin suspended the project: nothing is paid until the flag is lifted.
    #[error("the project is suspended: nothing is paid")]
    Suspended,
    /// This invoice is paid, or waits for it.
    #[error("this invoice of that payee was asked for before")]
    InvoiceUsed,
    /// What ends a request says why.
    #[error("a reason of 1 to 500 characters is required")]
    NoReason,
    /// Who agrees has no money in the project.
    #[error("a participant cannot agree to a disbursement")]
    TakesPart,
    /// One person cannot do two of: request, agree, pay.
    #[error("another person must do this")]
    SamePerson,
    /// The books refuse.
    #[error(transparent)]
    Books(#[from] BooksRefusal),
}

impl DisbursementRefusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotTheOwner => "not_the_owner",
            Self::NoSuchBudgetLine => "no_such_budget_line",
            Self::NoInvoice => "no_invoice",
            Self::NothingToAgree => "nothing_to_agree",
            Self::NeedsAgreement => "needs_agreement",
            Self::AlreadyPaid => "already_paid",
            Self::Ended(_) => "disbursement_ended",
            Self::Suspended => "suspended",
            Self::InvoiceUsed => "invoice_used",
            Self::NoReason => "reason_required",
            Self::TakesPart => "takes_part",
            Self::SamePerson => "same_person",
            Self::Books(books) => books.code(),
        }
    }
}

impl From<Unfit> for DisbursementRefusal {
    fn from(_payee_or_number: Unfit) -> Self {
        Self::NoInvoice
    }
}

impl From<MoneyError> for DisbursementRefusal {
    fn from(number: MoneyError) -> Self {
        Self::Books(number.into())
    }
}

impl Disbursement {
    /// Asks for a cost to be paid and sets its amount aside. A second person must agree when what
    /// passed lately without one would be above the policy's limit, to this payee or in this
    /// project. Refuses `overrun_needs_advance` when escrow has too little.
    pub fn request(
        id: DisbursementId,
        mut invoice: Invoice,
        by: UserId,
        (budget, limit, standing): (&Budget, Money, &Standing),
        books: &mut Books,
    ) -> Result<Self, DisbursementRefusal> {
        if by != books.owner {
            return Err(DisbursementRefusal::NotTheOwner);
        }
        may_pay(standing.suspended)?;
        invoice.payee = PAYEE.read(&invoice.payee)?;
        invoice.number = NUMBER.read(&invoice.number)?;
        if standing.invoice_used {
            return Err(DisbursementRefusal::InvoiceUsed);
        }
        let line = budget.find(&invoice.cost_kind, &invoice.line_name);
        let line = line.ok_or(DisbursementRefusal::NoSuchBudgetLine)?;
        invoice.line_name.clone_from(&line.line_name);
        books.request_cost(invoice.amount)?;
        let mut needs_agreement = false;
        for lately in [standing.to_payee, standing.in_project] {
            let alone = lately.checked_add(invoice.amount)?;
            needs_agreement |= alone.compare(limit)?.is_gt();
        }
        Ok(Self {
            id,
            project: books.project,
            invoice,
            state: DisbursementState::Requested,
            needs_agreement,
            requested_by: by,
            agreed_by: None,
            paid_by: None,
            ended: None,
        })
    }

    /// The second person agrees: neither the owner, who requested it, nor a participant.
    pub fn agree(
        &mut self,
        by: UserId,
        participants: &[Participant],
        suspended: bool,
    ) -> Result<(), DisbursementRefusal> {
        self.must_be_open()?;
        if !self.needs_agreement || self.state == DisbursementState::Agreed {
            return Err(DisbursementRefusal::NothingToAgree);
        }
        may_pay(suspended)?;
        if by == self.requested_by {
            return Err(DisbursementRefusal::SamePerson);
        }
        if participants.iter().any(|one| one.investor == by) {
            return Err(DisbursementRefusal::TakesPart);
        }
        self.agreed_by = Some(by);
        self.state = DisbursementState::Agreed;
        Ok(())
    }

    /// The treasurer pays: the transfer is to be posted in the same unit of work.
    pub fn pay(
        &mut self,
        by: UserId,
        suspended: bool,
        books: &mut Books,
    ) -> Result<Posting, DisbursementRefusal> {
        self.must_be_open()?;
        if self.needs_agreement && self.state == DisbursementState::Requested {
            return Err(DisbursementRefusal::NeedsAgreement);
        }
        may_pay(suspended)?;
        if by == self.requested_by || Some(by) == self.agreed_by {
            return Err(DisbursementRefusal::SamePerson);
        }
        let posting = books.pay_cost(self.invoice.amount)?;
        self.paid_by = Some(by);
        self.state = DisbursementState::Paid;
        Ok(posting)
    }

    /// The owner takes it back, or, with `by` somebody else, it is rejected: what was set aside is
    /// free again, and the invoice may be asked for anew.
    pub fn end(
        &mut self,
        by: UserId,
        why: &str,
        books: &mut Books,
    ) -> Result<(), DisbursementRefusal> {
        self.must_be_open()?;
        let reason = reason(why).ok_or(DisbursementRefusal::NoReason)?;
        books.release_cost(self.invoice.amount)?;
        self.state = if by == self.requested_by {
            DisbursementState::Withdrawn
        } else {
            DisbursementState::Rejected
        };
        self.ended = Some((by, reason));
        Ok(())
    }

    const fn must_be_open(&self) -> Result<(), DisbursementRefusal> {
        match self.state {
            DisbursementState::Requested | DisbursementState::Agreed => Ok(()),
            DisbursementState::Paid => Err(DisbursementRefusal::AlreadyPaid),
            ended @ (DisbursementState::Withdrawn | DisbursementState::Rejected) => {
                Err(DisbursementRefusal::Ended(ended))
            }
        }
    }
}

const fn may_pay(suspended: bool) -> Result<(), DisbursementRefusal> {
    if suspended {
        return Err(DisbursementRefusal::Suspended);
    }
    Ok(())
}
