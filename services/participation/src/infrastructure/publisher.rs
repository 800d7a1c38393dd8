//! What happened, in the words of the contract (`events.proto`), recorded beside its effect.

use clock::to_text;
use contracts::money::Money as PbMoney;
use contracts::participation as pb;
use journal::Record as _;
use money::Money;
use pg::Uow;
use uow::StoreError;

use crate::domain::{
    ApprovedBy, Change, Offering, OfferingFact, Participation, ParticipationFact, SealedEntry,
    SealedList,
};

pub(super) async fn opened(uow: &mut Uow, offering: &Offering) -> Result<(), StoreError> {
    let state = offering.state();
    let event = pb::OfferingOpened {
        project_id: state.project.to_string(),
        goal: Some(amount(offering.amount(state.goal_minor))),
        deadline: to_text(state.terms.deadline),
    };
    uow.record(state.project.as_uuid(), &event).await.map(drop)
}

pub(super) async fn changed(
    uow: &mut Uow,
    offering: &Offering,
    participation: &Participation,
    change: Change,
) -> Result<(), StoreError> {
    let Change {
        participation: fact,
        offering: offering_fact,
    } = change;
    if let Some(fact) = fact {
        moved(uow, offering, participation, fact).await?;
    }
    if let Some(fact) = offering_fact {
        let state = offering.state();
        let project_id = state.project.to_string();
        let approved = Some(amount(offering.amount(state.approved_minor)));
        let aggregate = state.project.as_uuid();
        match fact {
            OfferingFact::Filled => {
                uow.record(
                    aggregate,
                    &pb::OfferingFilled {
                        project_id,
                        approved,
                    },
                )
                .await?
            }
            OfferingFact::Reopened => {
                uow.record(
                    aggregate,
                    &pb::OfferingReopened {
                        project_id,
                        approved,
                    },
                )
                .await?
            }
        };
    }
    Ok(())
}

async fn moved(
    uow: &mut Uow,
    offering: &Offering,
    one: &Participation,
    fact: ParticipationFact,
) -> Result<(), StoreError> {
    let aggregate = one.id.as_uuid();
    let (participation_id, project_id) = (one.id.to_string(), one.project.to_string());
    let (investor_id, amount) = (one.investor.to_string(), Some(amount(one.amount)));
    match fact {
        ParticipationFact::Requested => uow.record(aggregate, &requested(one)).await,
        ParticipationFact::Held => {
            let owner_id = offering.state().owner.to_string();
            let event = pb::ParticipationHeld {
                participation_id,
                project_id,
                investor_id,
                owner_id,
            };
            uow.record(aggregate, &event).await
        }
        ParticipationFact::Approved(by) => uow.record(aggregate, &approved(one, by)).await,
        ParticipationFact::Rejected => uow.record(aggregate, &rejected(one)).await,
        ParticipationFact::Withdrawn => uow.record(aggregate, &withdrawn(one, false)).await,
        ParticipationFact::WithdrawnAfterApproval => {
            uow.record(aggregate, &withdrawn(one, true)).await
        }
        ParticipationFact::Expired => {
            let event = pb::ParticipationExpired {
                participation_id,
                project_id,
                investor_id,
                amount,
            };
            uow.record(aggregate, &event).await
        }
        ParticipationFact::Activated => {
            let event = pb::ParticipationActivated {
                participation_id,
                project_id,
                investor_id,
            };
            uow.record(aggregate, &event).await
        }
        ParticipationFact::Settled => {
            let event = pb::ParticipationSettled {
                participation_id,
                project_id,
                investor_id,
            };
            uow.record(aggregate, &event).await
        }
        ParticipationFact::Refunded => {
            let event = pb::ParticipationRefunded {
                participation_id,
                project_id,
                investor_id,
                amount,
            };
            uow.record(aggregate, &event).await
        }
        // Its share is shared out by Accounting, which learns of it from the project itself.
        ParticipationFact::Liquidated => return Ok(()),
    }
    .map(drop)
}

fn requested(one: &Participation) -> pb::ParticipationRequested {
    pb::ParticipationRequested {
        participation_id: one.id.to_string(),
        project_id: one.project.to_string(),
        investor_id: one.investor.to_string(),
        amount: Some(amount(one.amount)),
        r#type: one.share_type.to_string(),
        owner_stake: one.owner_stake,
        decide_by: to_text(one.decide_by),
    }
}

fn approved(one: &Participation, by: ApprovedBy) -> pb::ParticipationApproved {
    pb::ParticipationApproved {
        participation_id: one.id.to_string(),
        project_id: one.project.to_string(),
        investor_id: one.investor.to_string(),
        amount: Some(amount(one.amount)),
        r#type: one.share_type.to_string(),
        approved_at: one.approved_at.map(to_text).unwrap_or_default(),
        approved_by: match by {
            ApprovedBy::Owner(owner) => owner.to_string(),
            ApprovedBy::Itself => "service:participation".to_owned(),
        },
    }
}

fn rejected(one: &Participation) -> pb::ParticipationRejected {
    pb::ParticipationRejected {
        participation_id: one.id.to_string(),
        project_id: one.project.to_string(),
        investor_id: one.investor.to_string(),
        reason: one.reason.clone().unwrap_or_default(),
        amount: Some(amount(one.amount)),
    }
}

fn withdrawn(one: &Participation, was_approved: bool) -> pb::ParticipationWithdrawn {
    pb::ParticipationWithdrawn {
        participation_id: one.id.to_string(),
        project_id: one.project.to_string(),
        investor_id: one.investor.to_string(),
        was_approved,
        amount: Some(amount(one.amount)),
    }
}

pub(super) async fn sealed(
    uow: &mut Uow,
    offering: &Offering,
    list: &SealedList,
    hash: &str,
) -> Result<(), StoreError> {
    let project = offering.state().project;
    let SealedList { total, entries } = list;
    let event = pb::OfferingSealed {
        project_id: project.to_string(),
        total: Some(amount(*total)),
        list_hash: hash.to_owned(),
        participations: entries.iter().map(sealed_entry).collect(),
    };
    uow.record(project.as_uuid(), &event).await.map(drop)
}

fn sealed_entry(entry: &SealedEntry) -> pb::SealedParticipation {
    let SealedEntry {
        id,
        investor,
        amount: money,
        share_type,
        owner_stake,
        approved_at,
    } = entry;
    pb::SealedParticipation {
        participation_id: id.to_string(),
        investor_id: investor.to_string(),
        amount: Some(amount(*money)),
        r#type: share_type.to_string(),
        owner_stake: *owner_stake,
        approved_at: to_text(*approved_at),
    }
}

pub(super) async fn closed(
    uow: &mut Uow,
    offering: &Offering,
    reason: &str,
) -> Result<(), StoreError> {
    let project = offering.state().project;
    let event = pb::OfferingClosed {
        project_id: project.to_string(),
        reason: reason.to_owned(),
    };
    uow.record(project.as_uuid(), &event).await.map(drop)
}

fn amount(money: Money) -> PbMoney {
    PbMoney {
        currency: money.currency().code().to_owned(),
        minor: money.minor(),
    }
}
