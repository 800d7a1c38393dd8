//! The events of other services, inside the unit of work that moves the cursor.

use clock::from_text;
use contracts::money::Money as PbMoney;
use contracts::{accounting, participation, users};
use ids::{ParticipationId, ProjectId};
use journal::{Apply, ApplyError, Envelope};
use money::Money;
use pg::Uow;
use settlement::RunKind;
use time::OffsetDateTime;

use super::convert::money;
use crate::application::StepError;
use crate::application::execution::proceeds_matched::proceeds_matched;
use crate::application::ports::{Identity, Tx as _};
use crate::application::react_to_accounting::{AccountingWord, accounting_said, money_returned};
use crate::application::react_to_participation::{
    SealedOffering, deadline_missed, offering_closed, offering_filled, offering_reopened,
    offering_sealed, participation_moved, participation_requested,
};
use crate::application::react_to_users::identity_checked;
use crate::domain::{Participant, ParticipantState, Seal, SealedEntry};

/// What Projects does about the events of Users.
pub struct OfUsers;

#[async_trait::async_trait]
impl Apply for OfUsers {
    async fn apply(&self, uow: &mut Uow, event: &Envelope) -> Result<(), ApplyError> {
        use users::Event;
        let identity = match Event::decode(&event.ty, &event.data)? {
            Event::KycVerified(verified) => Identity {
                id: journal::read(&verified.user_id)?,
                verified: true,
                valid_until: match verified.valid_until.as_str() {
                    "" => None,
                    text => Some(instant(text)?),
                },
            },
            Event::KycRejected(rejected) => unverified(&rejected.user_id)?,
            Event::KycSubmitted(submitted) => unverified(&submitted.user_id)?,
            Event::KycExpired(expired) => unverified(&expired.user_id)?,
            Event::KycSuspended(expired) => unverified(&expired.user_id)?,
            Event::KycDocumentAttached(_)
            | Event::KycDocumentViewed(_)
            | Event::ProfileUpdated(_)
            | Event::CategoryRequested(_)
            | Event::CategoryRefused(_)
            | Event::InvestorLimitsSet(_)
            | Event::ConsentTextIssued(_)
            | Event::ConsentGiven(_) => return Ok(()),
        };
        Ok(identity_checked(uow, identity).await?)
    }
}

fn unverified(user_id: &str) -> Result<Identity, ApplyError> {
    Ok(Identity {
        id: journal::read(user_id)?,
        verified: false,
        valid_until: None,
    })
}

/// What Projects does about the events of Participation.
pub struct OfParticipation;

#[async_trait::async_trait]
impl Apply for OfParticipation {
    async fn apply(&self, uow: &mut Uow, event: &Envelope) -> Result<(), ApplyError> {
        use ParticipantState as S;
        use participation::Event;
        let (project, id, state) = match Event::decode(&event.ty, &event.data)? {
            Event::ParticipationRequested(requested) => {
                let participant = requested_by(requested)?;
                return followed(participation_requested(uow, &participant).await);
            }
            // Who only waited for room is no participant.
            Event::ParticipationWithdrawn(one) if one.waitlisted => return Ok(()),
            Event::ParticipationExpired(one) if one.waitlisted => return Ok(()),
            Event::ParticipationApproved(one) => {
                (one.project_id, one.participation_id, S::Approved)
            }
            Event::ParticipationRejected(one) => {
                (one.project_id, one.participation_id, S::Rejected)
            }
            Event::ParticipationWithdrawn(one) => {
                (one.project_id, one.participation_id, S::Withdrawn)
            }
            Event::ParticipationExpired(one) => (one.project_id, one.participation_id, S::Expired),
            Event::ParticipationActivated(one) => (one.project_id, one.participation_id, S::Active),
            Event::ParticipationSettled(one) => (one.project_id, one.participation_id, S::Settled),
            Event::ParticipationRefunded(one) => {
                (one.project_id, one.participation_id, S::Refunded)
            }
            Event::ParticipationLiquidated(one) => {
                (one.project_id, one.participation_id, S::Liquidated)
            }
            Event::OfferingFilled(filled) => {
                let (project, approved) =
                    (journal::read(&filled.project_id)?, amount(filled.approved)?);
                return followed(offering_filled(uow, project, approved).await);
            }
            Event::OfferingReopened(reopened) => {
                let project = journal::read(&reopened.project_id)?;
                return followed(offering_reopened(uow, project).await);
            }
            Event::OfferingDeadlineMissed(missed) => {
                let project = journal::read(&missed.project_id)?;
                return followed(deadline_missed(uow, project).await);
            }
            Event::OfferingClosed(closed) => {
                let refunds =
                    u64::try_from(closed.refunds).map_err(|_| ApplyError::unreadable("refunds"))?;
                let project = journal::read(&closed.project_id)?;
                return followed(offering_closed(uow, project, refunds).await);
            }
            Event::OfferingSealed(sealed) => {
                let (project, sealed) = sealed_list(sealed)?;
                return followed(offering_sealed(uow, project, sealed).await);
            }
            Event::OfferingOpened(_)
            | Event::ParticipationWaitlisted(_)
            | Event::ParticipationHeld(_)
            | Event::ParticipationFunding(_)
            | Event::ParticipationRenewed(_) => return Ok(()),
        };
        let id: ParticipationId = journal::read(&id)?;
        followed(participation_moved(uow, journal::read(&project)?, id, state).await)
    }
}

fn requested_by(
    requested: participation::ParticipationRequested,
) -> Result<Participant, ApplyError> {
    let participation::ParticipationRequested {
        participation_id,
        project_id,
        investor_id,
        amount: given,
        r#type,
        owner_stake: _,
        decide_by: _,
        agreement_version: _,
        agreement_hash: _,
    } = requested;
    Ok(Participant {
        participation: journal::read(&participation_id)?,
        project: journal::read(&project_id)?,
        investor: journal::read(&investor_id)?,
        amount: amount(given)?,
        share: journal::read(&r#type)?,
        state: ParticipantState::Requested,
    })
}

fn sealed_list(
    sealed: participation::OfferingSealed,
) -> Result<(ProjectId, SealedOffering), ApplyError> {
    let participation::OfferingSealed {
        project_id,
        total,
        list_hash,
        participations,
    } = sealed;
    let (mut entries, mut lines) = (Vec::new(), Vec::new());
    for one in participations {
        let participation::SealedParticipation {
            participation_id,
            investor_id,
            amount: given,
            r#type,
            owner_stake,
            approved_at,
        } = one;
        let entry = SealedEntry {
            participation: journal::read(&participation_id)?,
            investor: journal::read(&investor_id)?,
            amount: amount(given)?,
            share: journal::read(&r#type)?,
            owner_stake,
            approved_at: instant(&approved_at)?,
        };
        let minor = entry.amount.minor();
        lines.push(format!(
            "{participation_id}|{investor_id}|{minor}|{type}|{approved_at}\n"
        ));
        entries.push(entry);
    }
    let seal = Seal {
        total: amount(total)?,
        list_hash,
    };
    let sealed = SealedOffering {
        seal,
        entries,
        lines,
    };
    Ok((journal::read(&project_id)?, sealed))
}

/// What Projects does about the events of Accounting.
pub struct OfAccounting;

#[async_trait::async_trait]
impl Apply for OfAccounting {
    async fn apply(&self, uow: &mut Uow, event: &Envelope) -> Result<(), ApplyError> {
        use AccountingWord as W;
        use accounting::Event;
        let (project, word) = match Event::decode(&event.ty, &event.data)? {
            Event::EscrowChanged(one) => (one.project_id, W::EscrowChanged(amount(one.capital)?)),
            Event::SnapshotFrozen(one) => (one.project_id, W::SnapshotFrozen(one.version)),
            Event::DisbursementRequested(one) => (one.project_id, W::DisbursementRequested),
            Event::DisbursementPaid(one) => (one.project_id, W::DisbursementEnded),
            Event::RunPosted(one) => {
                let word = W::RunPosted(run_kind(&one.kind)?);
                let run = (journal::read(&one.run_id)?, journal::read(&one.project_id)?);
                let payments = one.distributions.into_iter().map(|one| {
                    let accounting::Distribution {
                        participation_id,
                        investor_id: _,
                        net,
                    } = one;
                    Ok((journal::read(&participation_id)?, amount(net)?))
                });
                let payments: Vec<_> = payments.collect::<Result<_, ApplyError>>()?;
                uow.keep_payments(run, &payments).await?;
                (one.project_id, word)
            }
            Event::DisbursementWithdrawn(one) => (one.project_id, W::DisbursementEnded),
            Event::ProceedsMatched(one) => {
                let (project, claim) = (
                    journal::read(&one.project_id)?,
                    journal::read(&one.claim_id)?,
                );
                return Ok(proceeds_matched(uow, project, claim).await?);
            }
            Event::FundsReleased(one) => {
                return returned(uow, &one.project_id, &one.participation_id).await;
            }
            Event::FundsRefunded(one) => {
                return returned(uow, &one.project_id, &one.participation_id).await;
            }
            Event::DepositBooked(_)
            | Event::DepositUnmatched(_)
            | Event::DepositReturned(_)
            | Event::FundsHeld(_)
            | Event::FundsRefused(_)
            | Event::FundsCaptured(_)
            | Event::PlatformFeePosted(_)
            | Event::DisbursementAgreed(_)
            | Event::AdvancePaid(_)
            | Event::AdvanceReturned(_)
            | Event::RecoveryReceived(_)
            | Event::ProceedsReceived(_)
            | Event::RunProposed(_)
            | Event::LedgerTransfersBooked(_)
            | Event::PayoutRequested(_)
            | Event::PayoutAgreed(_)
            | Event::PayoutFailed(_)
            | Event::PayoutAccountChanged(_)
            | Event::PayoutPaid(_) => return Ok(()),
        };
        followed(accounting_said(uow, journal::read(&project)?, word).await)
    }
}

async fn returned(uow: &mut Uow, project: &str, participation: &str) -> Result<(), ApplyError> {
    let (project, participation) = (journal::read(project)?, journal::read(participation)?);
    Ok(money_returned(uow, project, participation).await?)
}

/// A contradiction is parked; a store that failed is tried again.
fn followed(step: Result<(), StepError>) -> Result<(), ApplyError> {
    step.map_err(|err| match err {
        StepError::Store(err) => err.into(),
        StepError::NoSuchProject(_) | StepError::Refused(_) => {
            ApplyError::Contradiction(err.to_string())
        }
    })
}

fn run_kind(text: &str) -> Result<RunKind, ApplyError> {
    serde_json::from_value(text.into()).map_err(|_| ApplyError::unreadable(text))
}

fn amount(given: Option<PbMoney>) -> Result<Money, ApplyError> {
    money(given).ok_or_else(|| ApplyError::unreadable("amount"))
}

fn instant(text: &str) -> Result<OffsetDateTime, ApplyError> {
    from_text(text).ok_or_else(|| ApplyError::unreadable(text))
}
