//! The events of Accounting: money in, set aside, out, and shared out.

use std::collections::BTreeMap;

use authz::Role;
use contracts::accounting::{Distribution, Event};
use contracts::money::Money as PbMoney;
use journal::{Apply, ApplyError, Envelope};
use money::Money;
use pg::Uow;

use super::consumer::{OWNER, Telling, amount, person, project, staff, tell};
use crate::application::notify::Reader;
use crate::application::ports::About;
use crate::domain::Kind;

/// What Notification does about the events of Accounting.
pub struct OfAccounting;

#[async_trait::async_trait]
impl Apply for OfAccounting {
    async fn apply(&self, uow: &mut Uow, event: &Envelope) -> Result<(), ApplyError> {
        let fact = Event::decode(&event.ty, &event.data)?;
        tell(uow, event, tellings(fact, event)?).await
    }
}

/// What it tells to whom.
#[expect(
    clippy::too_many_lines,
    reason = "a table: one arm an event, and none may be forgotten"
)]
fn tellings(fact: Event, event: &Envelope) -> Result<Vec<Telling>, ApplyError> {
    use Kind as K;
    let (admins, treasurers) = (
        || staff(Role::Admin, event),
        || staff(Role::Treasurer, event),
    );
    let telling = match fact {
        Event::DepositBooked(one) => of_wallet(K::DepositBooked, &one.user_id, one.amount)?,
        Event::DepositUnmatched(one) => (
            treasurers(),
            K::DepositUnmatched,
            amount(one.amount, About::default())?,
        ),
        Event::DepositReturned(one) if one.user_id.is_empty() => return Ok(Vec::new()),
        Event::DepositReturned(one) => because(
            one.reason,
            of_wallet(K::DepositReturned, &one.user_id, one.amount)?,
        ),
        Event::FundsHeld(one) => {
            let investor = person(&one.investor_id)?;
            of_project((investor, K::FundsHeld), &one.project_id, one.amount)?
        }
        Event::FundsRefused(one) => {
            let about = project(&one.project_id)?;
            (person(&one.investor_id)?, K::FundsRefused, about)
        }
        Event::DisbursementRequested(one) => {
            let next = if one.needs_agreement {
                admins()
            } else {
                treasurers()
            };
            of_project(
                (next, K::DisbursementRequested),
                &one.project_id,
                one.amount,
            )?
        }
        Event::DisbursementAgreed(one) => {
            let about = project(&one.project_id)?;
            (treasurers(), K::DisbursementAgreed, about)
        }
        Event::DisbursementPaid(one) => {
            of_project((OWNER, K::DisbursementPaid), &one.project_id, one.amount)?
        }
        Event::DisbursementWithdrawn(one) => {
            let about = project(&one.project_id)?;
            because(one.reason, (OWNER, K::DisbursementWithdrawn, about))
        }
        Event::ProceedsReceived(one) => {
            of_project((OWNER, K::ProceedsReceived), &one.project_id, one.amount)?
        }
        Event::RecoveryReceived(one) => {
            of_project((OWNER, K::RecoveryReceived), &one.project_id, one.amount)?
        }
        Event::ProceedsMatched(one) => {
            of_project((OWNER, K::ProceedsMatched), &one.project_id, one.amount)?
        }
        Event::AdvanceReturned(one) => {
            let owner = person(&one.owner_id)?;
            of_project((owner, K::AdvanceReturned), &one.project_id, one.amount)?
        }
        Event::RunProposed(one) => (admins(), K::RunProposed, project(&one.project_id)?),
        Event::RunPosted(one) => return shared_out(&one.project_id, one.distributions),
        Event::PayoutRequested(one) => {
            let asked = of_wallet(K::PayoutRequested, &one.user_id, one.amount)?;
            let (next, kind) = if one.needs_agreement {
                (admins(), K::PayoutToAgree)
            } else {
                (treasurers(), K::PayoutToPay)
            };
            let about = asked.2.clone();
            return Ok(vec![asked, (next, kind, about)]);
        }
        Event::PayoutAgreed(_) => (treasurers(), K::PayoutAgreed, About::default()),
        Event::PayoutPaid(one) => of_wallet(K::PayoutPaid, &one.user_id, one.amount)?,
        Event::PayoutFailed(one) => because(
            one.reason,
            of_wallet(K::PayoutFailed, &one.user_id, one.amount)?,
        ),
        Event::PayoutAccountChanged(one) => (
            person(&one.user_id)?,
            K::PayoutAccountChanged,
            About::default(),
        ),
        Event::FundsCaptured(_)
        | Event::FundsReleased(_)
        | Event::FundsRefunded(_)
        | Event::EscrowChanged(_)
        | Event::SnapshotFrozen(_)
        | Event::PlatformFeePosted(_)
        | Event::LedgerTransfersBooked(_)
        | Event::AdvancePaid(_) => return Ok(Vec::new()),
    };
    Ok(vec![telling])
}

/// About an amount in somebody's own wallet.
fn of_wallet(kind: Kind, user: &str, given: Option<PbMoney>) -> Result<Telling, ApplyError> {
    Ok((person(user)?, kind, amount(given, About::default())?))
}

/// About an amount of a project.
fn of_project(
    (who, kind): (Reader, Kind),
    project_id: &str,
    given: Option<PbMoney>,
) -> Result<Telling, ApplyError> {
    Ok((who, kind, amount(given, project(project_id)?)?))
}

/// The same with its reason.
fn because(reason: String, (who, kind, about): Telling) -> Telling {
    (who, kind, About { reason, ..about })
}

/// Each investor reads one sum, of all their participations.
fn shared_out(
    project_id: &str,
    distributions: Vec<Distribution>,
) -> Result<Vec<Telling>, ApplyError> {
    let mut sums: BTreeMap<String, Money> = BTreeMap::new();
    for one in distributions {
        let net = amount(one.net, About::default())?.amount;
        let net = net.ok_or_else(|| ApplyError::unreadable("net"))?;
        let sum = match sums.get(&one.investor_id) {
            Some(sum) => sum
                .checked_add(net)
                .map_err(|_| ApplyError::unreadable("net"))?,
            None => net,
        };
        sums.insert(one.investor_id, sum);
    }
    let telling = |(investor, sum): (String, Money)| {
        let about = About {
            amount: Some(sum),
            ..project(project_id)?
        };
        Ok((person(&investor)?, Kind::RunPosted, about))
    };
    sums.into_iter().map(telling).collect()
}
