//! What happened, in the words of the contract (`events.proto`), recorded beside its effect.

use clock::to_text;
use contracts::EventMessage;
use contracts::projects as pb;
use costing::Kind;
use ids::{ProjectId, UserId};
use journal::Record as _;
use money::Money;
use pg::Uow;
use serde::Serialize;
use time::OffsetDateTime;
use uow::StoreError;

use super::messages::amount;
use crate::domain::{
    ImportProject, MaterialChange, ProjectFact, ProjectState, Sheets, Terms, with_fees,
};

/// Records one fact of a stored project.
pub(super) async fn happened(
    uow: &mut Uow,
    project: &ImportProject,
    fact: ProjectFact,
) -> Result<(), StoreError> {
    let project_id = project.id.to_string();
    match fact {
        ProjectFact::Created => record(uow, project, created(project)?).await,
        ProjectFact::TermsSet => record(uow, project, terms_set(project)?).await,
        ProjectFact::Published => record(uow, project, published(project)?).await,
        ProjectFact::FundingOpened => record(uow, project, funding_opened(project)?).await,
        ProjectFact::FullyFunded => {
            record(uow, project, pb::ProjectFullyFunded { project_id }).await
        }
        ProjectFact::FundingReopened => {
            record(uow, project, pb::FundingReopened { project_id }).await
        }
        ProjectFact::ReadyForApproval => {
            record(uow, project, pb::ProjectReadyForApproval { project_id }).await
        }
        ProjectFact::Approved { by, at } => record(uow, project, approved(project, by, at)?).await,
        ProjectFact::ExecutionStarted => record(uow, project, started(project)?).await,
        ProjectFact::CompletionDeclared { by } => {
            let declared_by = by.to_string();
            let event = pb::CompletionDeclared {
                project_id,
                declared_by,
            };
            record(uow, project, event).await
        }
        ProjectFact::Completed { by } => {
            let confirmed_by = by.to_string();
            let event = pb::ProjectCompleted {
                project_id,
                confirmed_by,
            };
            record(uow, project, event).await
        }
        ProjectFact::Settled => record(uow, project, pb::ProjectSettled { project_id }).await,
        ProjectFact::SettlementPhaseChanged => {
            let phase = project.settlement_phase.to_string();
            record(
                uow,
                project,
                pb::SettlementPhaseChanged { project_id, phase },
            )
            .await
        }
        ProjectFact::LiquidationClosed => {
            record(uow, project, pb::LiquidationClosed { project_id }).await
        }
        ProjectFact::FlagSet { by } => {
            let event = pb::FlagSet {
                project_id,
                flag: project.flag.to_string(),
                reason: project.flag_reason.clone().unwrap_or_default(),
                set_by: by.to_string(),
            };
            record(uow, project, event).await
        }
        ProjectFact::Cancelled { from, by } => {
            record(uow, project, cancelled(project, from, by)).await
        }
    }
}

/// Something that investors must know changed.
pub(super) async fn change_notified(
    uow: &mut Uow,
    project: &ImportProject,
    change: &MaterialChange,
) -> Result<(), StoreError> {
    let MaterialChange {
        id,
        text,
        renew_by,
        notified_at: _,
    } = change;
    let event = pb::MaterialChangeNotified {
        project_id: project.id.to_string(),
        notice_id: id.to_string(),
        text: text.clone(),
        renew_by: renew_by.map(to_text).unwrap_or_default(),
    };
    record(uow, project, event).await
}

/// A new version of the key information sheet is there.
pub(super) async fn key_information_issued(
    uow: &mut Uow,
    project: ProjectId,
    sheets: &Sheets,
) -> Result<(), StoreError> {
    let Sheets {
        version,
        issued_at: _,
        files,
    } = sheets;
    let spanish = files.get("es");
    let spanish = spanish.ok_or_else(|| StoreError::failed("a sheet without its Spanish"))?;
    let event = pb::KeyInformationIssued {
        project_id: project.to_string(),
        version: (*version).into(),
        sha256: hex::encode(spanish.sha256),
    };
    uow.record(project.as_uuid(), &event).await.map(drop)
}

/// Business time has moved on to this offset.
pub(super) async fn time_advanced(uow: &mut Uow, offset_s: i64) -> Result<(), StoreError> {
    let tenant = uow.context().tenant.as_uuid();
    uow.record(tenant, &pb::BusinessTimeAdvanced { offset_s })
        .await
        .map(drop)
}

async fn record<E: EventMessage + Sync>(
    uow: &mut Uow,
    project: &ImportProject,
    event: E,
) -> Result<(), StoreError> {
    uow.record(project.id.as_uuid(), &event).await.map(drop)
}

fn created(project: &ImportProject) -> Result<pb::ProjectCreated, StoreError> {
    Ok(pb::ProjectCreated {
        project_id: project.id.to_string(),
        owner_id: project.owner.to_string(),
        currency: project.currency().code().to_owned(),
        sheet_json: json(&project.sheet)?,
    })
}

fn terms_set(project: &ImportProject) -> Result<pb::TermsSet, StoreError> {
    let (terms, goal) = agreed(project)?;
    Ok(pb::TermsSet {
        project_id: project.id.to_string(),
        terms: Some(terms.into()),
        goal: Some(amount(goal)),
    })
}

fn published(project: &ImportProject) -> Result<pb::ProjectPublished, StoreError> {
    let (terms, _) = agreed(project)?;
    Ok(pb::ProjectPublished {
        project_id: project.id.to_string(),
        owner_id: project.owner.to_string(),
        jurisdiction: project.description.jurisdiction.clone(),
        currency: project.currency().code().to_owned(),
        terms: Some(terms.into()),
        totals: Some(project.into()),
        name: project.description.name.clone(),
    })
}

fn funding_opened(project: &ImportProject) -> Result<pb::FundingOpened, StoreError> {
    let (terms, goal) = agreed(project)?;
    let deadline = project.funding_deadline;
    let deadline = deadline.ok_or_else(|| StoreError::failed("a funding without a deadline"))?;
    Ok(pb::FundingOpened {
        project_id: project.id.to_string(),
        owner_id: project.owner.to_string(),
        currency: project.currency().code().to_owned(),
        terms: Some(terms.into()),
        goal: Some(amount(goal)),
        funding_deadline: to_text(deadline),
        name: project.description.name.clone(),
    })
}

fn approved(
    project: &ImportProject,
    by: UserId,
    at: OffsetDateTime,
) -> Result<pb::ProjectApproved, StoreError> {
    let (terms, goal) = agreed(project)?;
    let seal = project.seal.as_ref();
    let seal = seal.ok_or_else(|| StoreError::failed("an approval without a seal"))?;
    Ok(pb::ProjectApproved {
        project_id: project.id.to_string(),
        owner_id: project.owner.to_string(),
        currency: project.currency().code().to_owned(),
        jurisdiction: project.description.jurisdiction.clone(),
        name: project.description.name.clone(),
        terms: Some(terms.into()),
        sheet_json: json(&with_fees(project.sheet.clone(), terms))?,
        costing_json: json(&project.costing)?,
        goal: Some(amount(goal)),
        seal_hash: seal.list_hash.clone(),
        approved_by: by.to_string(),
        approved_at: to_text(at),
    })
}

fn started(project: &ImportProject) -> Result<pb::ExecutionStarted, StoreError> {
    let fees = project.costing.lines.iter();
    let fees = fees.filter(|line| line.line.kind == Kind::PlatformFee);
    let fee = Money::sum(fees.map(|line| line.amount), project.currency());
    Ok(pb::ExecutionStarted {
        project_id: project.id.to_string(),
        platform_fee: Some(amount(fee.map_err(StoreError::failed)?)),
    })
}

fn cancelled(
    project: &ImportProject,
    from: ProjectState,
    by: Option<UserId>,
) -> pb::ProjectCancelled {
    pb::ProjectCancelled {
        project_id: project.id.to_string(),
        reason: project.cancel_reason.clone().unwrap_or_default(),
        from_state: from.to_string(),
        cancelled_by: by.map_or_else(|| "service:projects".to_owned(), |by| by.to_string()),
    }
}

fn agreed(project: &ImportProject) -> Result<(&Terms, Money), StoreError> {
    let agreed = project.terms.as_ref().zip(project.goal);
    agreed.ok_or_else(|| StoreError::failed("a project without terms"))
}

fn json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(StoreError::failed)
}
