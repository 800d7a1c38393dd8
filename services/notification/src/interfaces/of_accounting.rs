//! The events of Accounting: money in, set aside, out, and shared out.

use std::collections::BTreeMap;

use authz::Role;
use contracts::accounting::{Distribution, Event};
use journal::{Apply, ApplyError, Envelope};
use money::Money;
use pg::Uow;

use super::consumer::{OWNER, Telling, amount, person, project, staff, tell};
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
fn tellings(fact: Event, event: &Envelope) -> Result<Vec<Telling>, ApplyError> {
    let nowhere = About::default;
    let treasurers = staff(Role::Treasurer, event);
    let telling = match fact {
        Event::DepositBooked(one) => {
            let about = amount(one.amount, nowhere())?;
            (person(&one.user_id)?, Kind::DepositBooked, about)
        }
        Event::FundsHeld(one) => {
            let about = amount(one.amount, project(&one.project_id)?)?;
            (person(&one.investor_id)?, Kind::FundsHeld, about)
        }
        Event::FundsRefused(one) => {
            let about = project(&one.project_id)?;
            (person(&one.investor_id)?, Kind::FundsRefused, about)
        }
        Event::DisbursementRequested(one) => {
            let about = amount(one.amount, project(&one.project_id)?)?;
            let next = if one.needs_agreement {
                staff(Role::Admin, event)
            } else {
                treasurers
            };
            (next, Kind::DisbursementRequested, about)
        }
        Event::DisbursementAgreed(one) => (
            treasurers,
            Kind::DisbursementAgreed,
            project(&one.project_id)?,
        ),
        Event::DisbursementPaid(one) => {
            let about = amount(one.amount, project(&one.project_id)?)?;
            (OWNER, Kind::DisbursementPaid, about)
        }
        Event::RecoveryReceived(one) => {
            let about = amount(one.amount, project(&one.project_id)?)?;
            (OWNER, Kind::RecoveryReceived, about)
        }
        Event::ProceedsMatched(one) => {
            let about = amount(one.amount, project(&one.project_id)?)?;
            (OWNER, Kind::ProceedsMatched, about)
        }
        Event::RunProposed(one) => {
            let admins = staff(Role::Admin, event);
            (admins, Kind::RunProposed, project(&one.project_id)?)
        }
        Event::RunPosted(one) => return shared_out(&one.project_id, one.distributions),
        Event::PayoutRequested(one) => {
            let about = amount(one.amount, nowhere())?;
            let person = person(&one.user_id)?;
            return Ok(vec![
                (person, Kind::PayoutRequested, about.clone()),
                (treasurers, Kind::PayoutToPay, about),
            ]);
        }
        Event::PayoutPaid(one) => {
            let about = amount(one.amount, nowhere())?;
            (person(&one.user_id)?, Kind::PayoutPaid, about)
        }
        Event::FundsCaptured(_)
        | Event::FundsReleased(_)
        | Event::FundsRefunded(_)
        | Event::EscrowChanged(_)
        | Event::SnapshotFrozen(_)
        | Event::PlatformFeePosted(_)
        | Event::AdvancePaid(_) => return Ok(Vec::new()),
    };
    Ok(vec![telling])
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
