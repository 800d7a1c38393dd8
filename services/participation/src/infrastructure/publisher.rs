//! What happened, in the words of the contract (`events.proto`), recorded beside its effect.

use clock::to_text;
use contracts::money::Money as PbMoney;
use contracts::participation as pb;
use journal::Record as _;
use money::Money;
use pg::Uow;
use uow::StoreError;

use crate::domain::{
    ApprovedBy, Change, Funding, Offering, OfferingFact, Participation, ParticipationFact,
    SealedEntry, SealedList,
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
    /// An event that names the participation, its project and its investor, and these.
    macro_rules! tell {
        ($event:ident { $($field:ident: $value:expr),* $(,)? }) => {
            uow.record(aggregate, &pb::$event {
                participation_id, project_id, investor_id, $($field: $value),*
            }).await
        };
    }
    let waitlisted = one.funding == Funding::None;
    let reason = one.reason.clone().unwrap_or_default();
    match fact {
        ParticipationFact::Requested => uow.record(aggregate, &requested(one)).await,
        ParticipationFact::Waitlisted => uow.record(aggregate, &placed(one)).await,
        ParticipationFact::Held => tell!(ParticipationHeld {
            owner_id: offering.state().owner.to_string(),
        }),
        ParticipationFact::Approved(by) => uow.record(aggregate, &approved(one, by)).await,
        ParticipationFact::Rejected => tell!(ParticipationRejected {
            reason: reason,
            amount: amount,
            funding: one.funding.to_string(),
        }),
        ParticipationFact::Withdrawn { was_approved } => tell!(ParticipationWithdrawn {
            was_approved: was_approved,
            amount: amount,
            waitlisted: waitlisted,
            reason: reason,
        }),
        ParticipationFact::Expired => tell!(ParticipationExpired {
            amount: amount,
            waitlisted: waitlisted,
            reason: reason,
        }),
        ParticipationFact::Renewed(notice) => tell!(ParticipationRenewed {
            notice_id: notice.to_string(),
        }),
        ParticipationFact::FundingMoved => tell!(ParticipationFunding {
            funding: one.funding.to_string(),
        }),
        ParticipationFact::Activated => tell!(ParticipationActivated {}),
        ParticipationFact::Settled => tell!(ParticipationSettled {}),
        ParticipationFact::Refunded => tell!(ParticipationRefunded { amount: amount }),
        ParticipationFact::Liquidated => tell!(ParticipationLiquidated {}),
    }
    .map(drop)
}

fn requested(one: &Participation) -> pb::ParticipationRequested {
    let (agreement_version, agreement_hash) = signature(one);
    pb::ParticipationRequested {
        participation_id: one.id.to_string(),
        project_id: one.project.to_string(),
        investor_id: one.investor.to_string(),
        amount: Some(amount(one.amount)),
        r#type: one.share_type.to_string(),
        owner_stake: one.owner_stake,
        decide_by: to_text(one.decide_by),
        agreement_version,
        agreement_hash,
    }
}

fn placed(one: &Participation) -> pb::ParticipationWaitlisted {
    let (agreement_version, agreement_hash) = signature(one);
    pb::ParticipationWaitlisted {
        participation_id: one.id.to_string(),
        project_id: one.project.to_string(),
        investor_id: one.investor.to_string(),
        amount: Some(amount(one.amount)),
        r#type: one.share_type.to_string(),
        number: one.number.unwrap_or_default(),
        agreement_version,
        agreement_hash,
        owner_stake: one.owner_stake,
    }
}

/// Version and hash of what was signed.
fn signature(one: &Participation) -> (String, String) {
    let signature = one.signature.clone();
    signature.map_or_else(Default::default, |signature| {
        (signature.version, signature.sha256)
    })
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

pub(super) async fn deadline_missed(uow: &mut Uow, offering: &Offering) -> Result<(), StoreError> {
    let project = offering.state().project;
    let event = pb::OfferingDeadlineMissed {
        project_id: project.to_string(),
    };
    uow.record(project.as_uuid(), &event).await.map(drop)
}

pub(super) async fn closed(
    uow: &mut Uow,
    offering: &Offering,
    reason: &str,
    refunds: i64,
) -> Result<(), StoreError> {
    let project = offering.state().project;
    let event = pb::OfferingClosed {
        project_id: project.to_string(),
        reason: reason.to_owned(),
        refunds,
    };
    uow.record(project.as_uuid(), &event).await.map(drop)
}

fn amount(money: Money) -> PbMoney {
    PbMoney {
        currency: money.currency().code().to_owned(),
        minor: money.minor(),
    }
}
