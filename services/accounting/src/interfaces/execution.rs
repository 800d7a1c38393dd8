//! Escrow, disbursements, receipts and snapshots: translate, call one use case, translate back.

use authz::Actor;
use contracts::accounting as pb;
use ids::ProjectId;
use link::{fault, refuse};
use money::Money;
use tonic::{Code, Status};

use super::convert;
use crate::application::agree_disbursement::agree_disbursement as agree;
use crate::application::end_disbursement::end_disbursement as end;
use crate::application::match_proceeds::{MatchProceeds, match_proceeds as match_receipt};
use crate::application::pay_advance::pay_advance as advance;
use crate::application::pay_disbursement::pay_disbursement as pay;
use crate::application::ports::{BudgetView, EscrowView, Frozen};
use crate::application::record_recovery::{RecordRecovery, record_recovery as recover};
use crate::application::request_disbursement::{
    RequestDisbursement, request_disbursement as request_payment,
};
use crate::application::{App, ExecutionError, execution_queries};
use crate::domain::{
    Books, BooksRefusal, BudgetLine, ClaimRefusal, Disbursement, DisbursementRefusal, Figures,
    Invoice, RecoveryRefusal,
};

pub(super) async fn escrow(
    app: &App,
    actor: &Actor,
    request: pb::EscrowRequest,
) -> Result<pb::EscrowReply, Status> {
    let project = link::read(&request.project_id, "project_id")?;
    proof(app, actor, project).await
}

pub(super) async fn request_disbursement(
    app: &App,
    actor: &Actor,
    request: pb::RequestDisbursementRequest,
) -> Result<pb::DisbursementReply, Status> {
    let pb::RequestDisbursementRequest {
        idempotency_key,
        project_id,
        cost_kind,
        payee,
        invoice,
        amount,
        line_name,
        document_id,
    } = request;
    let document = match document_id.as_str() {
        "" => None,
        id => Some(link::read(id, "document_id")?),
    };
    let cmd = RequestDisbursement {
        project: link::read(&project_id, "project_id")?,
        cost_kind,
        line_name,
        payee,
        invoice,
        amount: convert::amount(amount, "amount")?,
        document,
    };
    Ok(reply(
        request_payment(app, actor, idempotency_key, cmd).await?,
    ))
}

pub(super) async fn agree_disbursement(
    app: &App,
    actor: &Actor,
    request: pb::AgreeDisbursementRequest,
) -> Result<pb::DisbursementReply, Status> {
    let pb::AgreeDisbursementRequest {
        idempotency_key,
        disbursement_id,
    } = request;
    let id = link::read(&disbursement_id, "disbursement_id")?;
    Ok(reply(agree(app, actor, idempotency_key, id).await?))
}

pub(super) async fn pay_disbursement(
    app: &App,
    actor: &Actor,
    request: pb::PayDisbursementRequest,
) -> Result<pb::DisbursementReply, Status> {
    let pb::PayDisbursementRequest {
        idempotency_key,
        disbursement_id,
        bank_reference,
    } = request;
    let id = link::read(&disbursement_id, "disbursement_id")?;
    let paid = pay(app, actor, idempotency_key, id, &bank_reference).await?;
    Ok(reply(paid))
}

pub(super) async fn end_disbursement(
    app: &App,
    actor: &Actor,
    request: pb::EndDisbursementRequest,
) -> Result<pb::DisbursementReply, Status> {
    let pb::EndDisbursementRequest {
        idempotency_key,
        disbursement_id,
        reason,
    } = request;
    let id = link::read(&disbursement_id, "disbursement_id")?;
    Ok(reply(end(app, actor, idempotency_key, (id, reason)).await?))
}

pub(super) async fn disbursements(
    app: &App,
    actor: &Actor,
    request: pb::DisbursementsRequest,
) -> Result<pb::DisbursementsReply, Status> {
    let project = link::read(&request.project_id, "project_id")?;
    let found = execution_queries::disbursements(app, actor, project).await;
    let BudgetView {
        disbursements,
        lines,
    } = found
        .map_err(|error| fault(&error))?
        .ok_or(ExecutionError::NoSuchProject(project))?;
    Ok(pb::DisbursementsReply {
        disbursements: disbursements.into_iter().map(disbursement).collect(),
        budget: lines.into_iter().map(budget_line).collect(),
    })
}

pub(super) async fn pay_advance(
    app: &App,
    actor: &Actor,
    request: pb::PayAdvanceRequest,
) -> Result<pb::EscrowReply, Status> {
    let pb::PayAdvanceRequest {
        idempotency_key,
        project_id,
        amount,
    } = request;
    let project = link::read(&project_id, "project_id")?;
    let amount = convert::amount(amount, "amount")?;
    advance(app, actor, idempotency_key, project, amount).await?;
    proof(app, actor, project).await
}

pub(super) async fn record_recovery(
    app: &App,
    actor: &Actor,
    request: pb::RecordRecoveryRequest,
) -> Result<pb::EscrowReply, Status> {
    let pb::RecordRecoveryRequest {
        idempotency_key,
        project_id,
        line_name,
        amount,
        bank_reference,
        kind,
        document,
    } = request;
    let project = link::read(&project_id, "project_id")?;
    let cmd = RecordRecovery {
        project,
        kind,
        line_name,
        document,
        amount: convert::amount(amount, "amount")?,
        bank_reference,
    };
    recover(app, actor, idempotency_key, cmd).await?;
    proof(app, actor, project).await
}

pub(super) async fn match_proceeds(
    app: &App,
    actor: &Actor,
    request: pb::MatchProceedsRequest,
) -> Result<pb::EscrowReply, Status> {
    let pb::MatchProceedsRequest {
        idempotency_key,
        project_id,
        claim_id,
        amount,
        bank_reference,
    } = request;
    let project = link::read(&project_id, "project_id")?;
    let cmd = MatchProceeds {
        project,
        claim: link::read(&claim_id, "claim_id")?,
        amount: convert::amount(amount, "amount")?,
        bank_reference,
    };
    match_receipt(app, actor, idempotency_key, cmd).await?;
    proof(app, actor, project).await
}

pub(super) async fn snapshot(
    app: &App,
    actor: &Actor,
    request: pb::SnapshotRequest,
) -> Result<pb::SnapshotReply, Status> {
    let pb::SnapshotRequest {
        project_id,
        version,
    } = request;
    let project = link::read(&project_id, "project_id")?;
    let version = match version {
        0 => None,
        number => Some(u32::try_from(number).map_err(|_| link::malformed("version"))?),
    };
    let found = execution_queries::snapshot(app, actor, project, version).await;
    let Frozen {
        version,
        canonical,
        hash,
        frozen_at,
        void,
    } = found.map_err(|error| fault(&error))?.ok_or_else(|| {
        refuse(
            Code::NotFound,
            "no_such_snapshot",
            "there is no such snapshot: the first is frozen when the project is approved",
        )
    })?;
    Ok(pb::SnapshotReply {
        project_id: project.to_string(),
        version: version.into(),
        hash,
        canonical,
        frozen_at: clock::to_text(frozen_at),
        void,
    })
}

async fn proof(app: &App, actor: &Actor, project: ProjectId) -> Result<pb::EscrowReply, Status> {
    let found = execution_queries::escrow(app, actor, project).await;
    let EscrowView {
        books,
        capital,
        proceeds,
    } = found
        .map_err(|error| fault(&error))?
        .ok_or(ExecutionError::NoSuchProject(project))?;
    let holds = books.holds(&capital, &proceeds);
    let Books {
        project,
        owner: _,
        currency,
        phase: _,
        figures,
    } = books;
    let Figures {
        captured_minor,
        advances_minor,
        recovered_minor,
        costs_minor,
        requested_minor: _,
        unspent_paid_minor,
        advances_returned_minor,
        proceeds_minor: _,
        advances_repaid_minor: _,
        owner_split_paid_minor: _,
        paid_gross_minor: _,
    } = figures;
    let minor = |minor| convert::minor(minor, currency);
    let escrow = pb::EscrowProof {
        project_id: project.to_string(),
        capital: minor(capital.balance_minor()),
        proceeds: minor(proceeds.balance_minor()),
        held: minor(capital.credits_pending),
        captured: minor(captured_minor),
        advances: minor(advances_minor),
        recovered: minor(recovered_minor),
        paid: minor(costs_minor),
        unspent_returned: minor(unspent_paid_minor),
        advances_returned: minor(advances_returned_minor),
        holds,
    };
    Ok(pb::EscrowReply {
        escrow: Some(escrow),
    })
}

fn reply(one: Disbursement) -> pb::DisbursementReply {
    let disbursement = Some(disbursement(one));
    pb::DisbursementReply { disbursement }
}

fn disbursement(one: Disbursement) -> pb::Disbursement {
    let Disbursement {
        id,
        project,
        invoice,
        state,
        needs_agreement,
        requested_by,
        agreed_by: _,
        paid_by: _,
        ended,
    } = one;
    let Invoice {
        cost_kind,
        line_name,
        payee,
        number,
        amount,
        document,
    } = invoice;
    pb::Disbursement {
        disbursement_id: id.to_string(),
        project_id: project.to_string(),
        cost_kind,
        payee,
        invoice: number,
        amount: convert::wire(amount),
        state: state.to_string(),
        needs_agreement,
        requested_by: requested_by.to_string(),
        line_name,
        document_id: document.map(|id| id.to_string()).unwrap_or_default(),
        end_reason: ended.map(|(_, reason)| reason).unwrap_or_default(),
    }
}

fn budget_line((line, actual): (BudgetLine, Money)) -> pb::BudgetLine {
    let BudgetLine {
        cost_kind,
        line_name,
        planned,
        recoverable: _,
    } = line;
    pb::BudgetLine {
        cost_kind,
        line_name,
        planned: convert::wire(planned),
        actual: convert::wire(actual),
    }
}

/// The refusal with what its answer must name.
fn books_refused(refusal: &BooksRefusal) -> Status {
    let args = match refusal {
        BooksRefusal::OverrunNeedsAdvance { missing } => vec![("missing", missing.to_string())],
        BooksRefusal::EscrowClosed(phase) => vec![("phase", phase.to_string())],
        BooksRefusal::AmountMustBePositive
        | BooksRefusal::RefundAboveCaptured
        | BooksRefusal::Number(_) => Vec::new(),
    };
    convert::refused(refusal.code(), refusal, &args)
}

fn disbursement_refused(refusal: &DisbursementRefusal) -> Status {
    match refusal {
        DisbursementRefusal::Books(books) => books_refused(books),
        DisbursementRefusal::Ended(state) => {
            convert::refused(refusal.code(), refusal, &[("state", state.to_string())])
        }
        DisbursementRefusal::NotTheOwner
        | DisbursementRefusal::NoSuchBudgetLine
        | DisbursementRefusal::NoInvoice
        | DisbursementRefusal::NothingToAgree
        | DisbursementRefusal::NeedsAgreement
        | DisbursementRefusal::AlreadyPaid
        | DisbursementRefusal::Suspended
        | DisbursementRefusal::InvoiceUsed
        | DisbursementRefusal::NoReason
        | DisbursementRefusal::TakesPart
        | DisbursementRefusal::SamePerson => convert::refused(refusal.code(), refusal, &[]),
    }
}

fn recovery_refused(refusal: &RecoveryRefusal) -> Status {
    match refusal {
        RecoveryRefusal::Books(books) => books_refused(books),
        RecoveryRefusal::AbovePaid { most } => {
            convert::refused(refusal.code(), refusal, &[("most", most.to_string())])
        }
        RecoveryRefusal::NotRecoverable(_) | RecoveryRefusal::NoDocument => {
            convert::refused(refusal.code(), refusal, &[])
        }
    }
}

fn claim_refused(refusal: &ClaimRefusal) -> Status {
    match refusal {
        ClaimRefusal::Books(books) => books_refused(books),
        ClaimRefusal::AlreadyMatched
        | ClaimRefusal::DoesNotAddUp
        | ClaimRefusal::NoSuchProduct(_) => convert::refused(refusal.code(), refusal, &[]),
    }
}

impl From<ExecutionError> for Status {
    fn from(error: ExecutionError) -> Self {
        let text = error.to_string();
        let not_found = |code| refuse(Code::NotFound, code, &text);
        match error {
            ExecutionError::NoSuchProject(_) => not_found("no_such_project"),
            ExecutionError::NoSuchDisbursement(_) => not_found("no_such_disbursement"),
            ExecutionError::NoSuchClaim(_) => not_found("no_such_claim"),
            ExecutionError::Forbidden => convert::forbidden(text),
            ExecutionError::NoReference => convert::refused("no_bank_reference", text, &[]),
            ExecutionError::ReferenceUsed => convert::refused("bank_reference_used", text, &[]),
            ExecutionError::NoLine => convert::refused("no_line", text, &[]),
            ExecutionError::NoKind => link::malformed("kind"),
            ExecutionError::Recovery(refusal) => recovery_refused(&refusal),
            ExecutionError::Key(key) => convert::unusable(&key),
            ExecutionError::Disbursement(refusal) => disbursement_refused(&refusal),
            ExecutionError::Claim(refusal) => claim_refused(&refusal),
            ExecutionError::Books(refusal) => books_refused(&refusal),
            ExecutionError::Booking(booking) => convert::booking(booking),
            ExecutionError::Store(store) => fault(&store),
        }
    }
}
