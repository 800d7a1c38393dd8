//! Deposits, wallets, payouts, runs and the trial balance: translate, call one use case, translate
//! back.

use authz::Actor;
use contracts::accounting as pb;
use tonic::Status;

use crate::application::App;

pub(super) async fn book_deposit(
    _app: &App,
    _actor: &Actor,
    _request: pb::BookDepositRequest,
) -> Result<pb::BookDepositReply, Status> {
    Err(Status::unimplemented("BookDeposit"))
}

pub(super) async fn wallet(
    _app: &App,
    _actor: &Actor,
    _request: pb::WalletRequest,
) -> Result<pb::WalletReply, Status> {
    Err(Status::unimplemented("Wallet"))
}

pub(super) async fn request_payout(
    _app: &App,
    _actor: &Actor,
    _request: pb::RequestPayoutRequest,
) -> Result<pb::PayoutReply, Status> {
    Err(Status::unimplemented("RequestPayout"))
}

pub(super) async fn confirm_payout(
    _app: &App,
    _actor: &Actor,
    _request: pb::ConfirmPayoutRequest,
) -> Result<pb::PayoutReply, Status> {
    Err(Status::unimplemented("ConfirmPayout"))
}

pub(super) async fn payout_queue(
    _app: &App,
    _actor: &Actor,
    _request: pb::PayoutQueueRequest,
) -> Result<pb::PayoutQueueReply, Status> {
    Err(Status::unimplemented("PayoutQueue"))
}

pub(super) async fn propose_run(
    _app: &App,
    _actor: &Actor,
    _request: pb::ProposeRunRequest,
) -> Result<pb::RunReply, Status> {
    Err(Status::unimplemented("ProposeRun"))
}

pub(super) async fn approve_run(
    _app: &App,
    _actor: &Actor,
    _request: pb::ApproveRunRequest,
) -> Result<pb::RunReply, Status> {
    Err(Status::unimplemented("ApproveRun"))
}

pub(super) async fn run(
    _app: &App,
    _actor: &Actor,
    _request: pb::RunRequest,
) -> Result<pb::RunReply, Status> {
    Err(Status::unimplemented("Run"))
}

pub(super) async fn runs(
    _app: &App,
    _actor: &Actor,
    _request: pb::RunsRequest,
) -> Result<pb::RunsReply, Status> {
    Err(Status::unimplemented("Runs"))
}

pub(super) async fn trial_balance(
    _app: &App,
    _actor: &Actor,
    _request: pb::TrialBalanceRequest,
) -> Result<pb::TrialBalanceReply, Status> {
    Err(Status::unimplemented("TrialBalance"))
}
