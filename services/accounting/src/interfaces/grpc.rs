//! The rpcs: who calls, and which room answers.

use contracts::accounting as pb;
use contracts::accounting::accounting_server::Accounting as AccountingRpcs;
use tonic::{Request, Response, Status};

use super::{execution, settlement, wallets};
use crate::application::App;

/// The `Accounting` rpcs over the use cases.
pub struct Rpcs {
    /// What they need.
    pub app: App,
}

#[tonic::async_trait]
impl AccountingRpcs for Rpcs {
    async fn book_deposit(
        &self,
        request: Request<pb::BookDepositRequest>,
    ) -> Result<Response<pb::BookDepositReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = wallets::book_deposit(&self.app, &actor, request.into_inner()).await?;
        Ok(Response::new(reply))
    }

    async fn book_unmatched_deposit(
        &self,
        request: Request<pb::BookUnmatchedDepositRequest>,
    ) -> Result<Response<pb::DepositReply>, Status> {
        let actor = link::actor(&request)?;
        let reply =
            wallets::book_unmatched_deposit(&self.app, &actor, request.into_inner()).await?;
        Ok(Response::new(reply))
    }

    async fn match_deposit(
        &self,
        request: Request<pb::MatchDepositRequest>,
    ) -> Result<Response<pb::DepositReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = wallets::match_deposit(&self.app, &actor, request.into_inner()).await?;
        Ok(Response::new(reply))
    }

    async fn return_deposit(
        &self,
        request: Request<pb::ReturnDepositRequest>,
    ) -> Result<Response<pb::DepositReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = wallets::return_deposit(&self.app, &actor, request.into_inner()).await?;
        Ok(Response::new(reply))
    }

    async fn suspense(
        &self,
        request: Request<pb::SuspenseRequest>,
    ) -> Result<Response<pb::SuspenseReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = wallets::suspense(&self.app, &actor, request.into_inner()).await?;
        Ok(Response::new(reply))
    }

    async fn wallet_entries(
        &self,
        request: Request<pb::WalletEntriesRequest>,
    ) -> Result<Response<pb::WalletEntriesReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = wallets::wallet_entries(&self.app, &actor, request.into_inner()).await?;
        Ok(Response::new(reply))
    }

    async fn wallet_statement(
        &self,
        request: Request<pb::WalletStatementRequest>,
    ) -> Result<Response<pb::WalletStatementReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = wallets::wallet_statement(&self.app, &actor, request.into_inner()).await?;
        Ok(Response::new(reply))
    }

    async fn set_payout_account(
        &self,
        request: Request<pb::SetPayoutAccountRequest>,
    ) -> Result<Response<pb::PayoutAccountReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = wallets::set_payout_account(&self.app, &actor, request.into_inner()).await?;
        Ok(Response::new(reply))
    }

    async fn payout_account(
        &self,
        request: Request<pb::PayoutAccountRequest>,
    ) -> Result<Response<pb::PayoutAccountReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = wallets::payout_account(&self.app, &actor, request.into_inner()).await?;
        Ok(Response::new(reply))
    }

    async fn agree_payout(
        &self,
        request: Request<pb::AgreePayoutRequest>,
    ) -> Result<Response<pb::PayoutReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = wallets::agree_payout(&self.app, &actor, request.into_inner()).await?;
        Ok(Response::new(reply))
    }

    async fn fail_payout(
        &self,
        request: Request<pb::FailPayoutRequest>,
    ) -> Result<Response<pb::PayoutReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = wallets::fail_payout(&self.app, &actor, request.into_inner()).await?;
        Ok(Response::new(reply))
    }

    async fn wallet(
        &self,
        request: Request<pb::WalletRequest>,
    ) -> Result<Response<pb::WalletReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = wallets::wallet(&self.app, &actor, request.into_inner()).await?;
        Ok(Response::new(reply))
    }

    async fn request_payout(
        &self,
        request: Request<pb::RequestPayoutRequest>,
    ) -> Result<Response<pb::PayoutReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = wallets::request_payout(&self.app, &actor, request.into_inner()).await?;
        Ok(Response::new(reply))
    }

    async fn confirm_payout(
        &self,
        request: Request<pb::ConfirmPayoutRequest>,
    ) -> Result<Response<pb::PayoutReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = wallets::confirm_payout(&self.app, &actor, request.into_inner()).await?;
        Ok(Response::new(reply))
    }

    async fn payout_queue(
        &self,
        request: Request<pb::PayoutQueueRequest>,
    ) -> Result<Response<pb::PayoutQueueReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = wallets::payout_queue(&self.app, &actor, request.into_inner()).await?;
        Ok(Response::new(reply))
    }

    async fn escrow(
        &self,
        request: Request<pb::EscrowRequest>,
    ) -> Result<Response<pb::EscrowReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = execution::escrow(&self.app, &actor, request.into_inner()).await?;
        Ok(Response::new(reply))
    }

    async fn request_disbursement(
        &self,
        request: Request<pb::RequestDisbursementRequest>,
    ) -> Result<Response<pb::DisbursementReply>, Status> {
        let actor = link::actor(&request)?;
        let reply =
            execution::request_disbursement(&self.app, &actor, request.into_inner()).await?;
        Ok(Response::new(reply))
    }

    async fn agree_disbursement(
        &self,
        request: Request<pb::AgreeDisbursementRequest>,
    ) -> Result<Response<pb::DisbursementReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = execution::agree_disbursement(&self.app, &actor, request.into_inner()).await?;
        Ok(Response::new(reply))
    }

    async fn pay_disbursement(
        &self,
        request: Request<pb::PayDisbursementRequest>,
    ) -> Result<Response<pb::DisbursementReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = execution::pay_disbursement(&self.app, &actor, request.into_inner()).await?;
        Ok(Response::new(reply))
    }

    async fn end_disbursement(
        &self,
        request: Request<pb::EndDisbursementRequest>,
    ) -> Result<Response<pb::DisbursementReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = execution::end_disbursement(&self.app, &actor, request.into_inner()).await?;
        Ok(Response::new(reply))
    }

    async fn disbursements(
        &self,
        request: Request<pb::DisbursementsRequest>,
    ) -> Result<Response<pb::DisbursementsReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = execution::disbursements(&self.app, &actor, request.into_inner()).await?;
        Ok(Response::new(reply))
    }

    async fn pay_advance(
        &self,
        request: Request<pb::PayAdvanceRequest>,
    ) -> Result<Response<pb::EscrowReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = execution::pay_advance(&self.app, &actor, request.into_inner()).await?;
        Ok(Response::new(reply))
    }

    async fn record_recovery(
        &self,
        request: Request<pb::RecordRecoveryRequest>,
    ) -> Result<Response<pb::EscrowReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = execution::record_recovery(&self.app, &actor, request.into_inner()).await?;
        Ok(Response::new(reply))
    }

    async fn match_proceeds(
        &self,
        request: Request<pb::MatchProceedsRequest>,
    ) -> Result<Response<pb::EscrowReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = execution::match_proceeds(&self.app, &actor, request.into_inner()).await?;
        Ok(Response::new(reply))
    }

    async fn snapshot(
        &self,
        request: Request<pb::SnapshotRequest>,
    ) -> Result<Response<pb::SnapshotReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = execution::snapshot(&self.app, &actor, request.into_inner()).await?;
        Ok(Response::new(reply))
    }

    async fn propose_run(
        &self,
        request: Request<pb::ProposeRunRequest>,
    ) -> Result<Response<pb::RunReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = settlement::propose_run(&self.app, &actor, request.into_inner()).await?;
        Ok(Response::new(reply))
    }

    async fn approve_run(
        &self,
        request: Request<pb::ApproveRunRequest>,
    ) -> Result<Response<pb::RunReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = settlement::approve_run(&self.app, &actor, request.into_inner()).await?;
        Ok(Response::new(reply))
    }

    async fn run(
        &self,
        request: Request<pb::RunRequest>,
    ) -> Result<Response<pb::RunReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = settlement::run(&self.app, &actor, request.into_inner()).await?;
        Ok(Response::new(reply))
    }

    async fn runs(
        &self,
        request: Request<pb::RunsRequest>,
    ) -> Result<Response<pb::RunsReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = settlement::runs(&self.app, &actor, request.into_inner()).await?;
        Ok(Response::new(reply))
    }

    async fn trial_balance(
        &self,
        request: Request<pb::TrialBalanceRequest>,
    ) -> Result<Response<pb::TrialBalanceReply>, Status> {
        let actor = link::actor(&request)?;
        let reply = settlement::trial_balance(&self.app, &actor, request.into_inner()).await?;
        Ok(Response::new(reply))
    }
}
