//! Escrow, disbursements, receipts and snapshots: translate, call one use case, translate back.

use authz::Actor;
use contracts::accounting as pb;
use tonic::Status;

use crate::application::App;

pub(super) async fn escrow(
    _app: &App,
    _actor: &Actor,
    _request: pb::EscrowRequest,
) -> Result<pb::EscrowReply, Status> {
    Err(Status::unimplemented("Escrow"))
}

pub(super) async fn request_disbursement(
    _app: &App,
    _actor: &Actor,
    _request: pb::RequestDisbursementRequest,
) -> Result<pb::DisbursementReply, Status> {
    Err(Status::unimplemented("RequestDisbursement"))
}

pub(super) async fn agree_disbursement(
    _app: &App,
    _actor: &Actor,
    _request: pb::AgreeDisbursementRequest,
) -> Result<pb::DisbursementReply, Status> {
    Err(Status::unimplemented("AgreeDisbursement"))
}

pub(super) async fn pay_disbursement(
    _app: &App,
    _actor: &Actor,
    _request: pb::PayDisbursementRequest,
) -> Result<pb::DisbursementReply, Status> {
    Err(Status::unimplemented("PayDisbursement"))
}

pub(super) async fn disbursements(
    _app: &App,
    _actor: &Actor,
    _request: pb::DisbursementsRequest,
) -> Result<pb::DisbursementsReply, Status> {
    Err(Status::unimplemented("Disbursements"))
}

pub(super) async fn pay_advance(
    _app: &App,
    _actor: &Actor,
    _request: pb::PayAdvanceRequest,
) -> Result<pb::EscrowReply, Status> {
    Err(Status::unimplemented("PayAdvance"))
}

pub(super) async fn record_recovery(
    _app: &App,
    _actor: &Actor,
    _request: pb::RecordRecoveryRequest,
) -> Result<pb::EscrowReply, Status> {
    Err(Status::unimplemented("RecordRecovery"))
}

pub(super) async fn match_proceeds(
    _app: &App,
    _actor: &Actor,
    _request: pb::MatchProceedsRequest,
) -> Result<pb::EscrowReply, Status> {
    Err(Status::unimplemented("MatchProceeds"))
}

pub(super) async fn snapshot(
    _app: &App,
    _actor: &Actor,
    _request: pb::SnapshotRequest,
) -> Result<pb::SnapshotReply, Status> {
    Err(Status::unimplemented("Snapshot"))
}
