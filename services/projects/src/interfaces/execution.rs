//! The rpcs of execution: goods, sales, stock closures, completion.

use authz::Actor;
use contracts::projects as pb;
use tonic::Status;

use crate::application::App;

pub(super) async fn record_goods_received(
    _app: &App,
    _actor: &Actor,
    _request: pb::RecordGoodsReceivedRequest,
) -> Result<pb::ProjectReply, Status> {
    Err(Status::unimplemented("soon"))
}

pub(super) async fn report_sale(
    _app: &App,
    _actor: &Actor,
    _request: pb::ReportSaleRequest,
) -> Result<pb::ReportSaleReply, Status> {
    Err(Status::unimplemented("soon"))
}

pub(super) async fn hand_over_goods(
    _app: &App,
    _actor: &Actor,
    _request: pb::HandOverGoodsRequest,
) -> Result<pb::ProjectReply, Status> {
    Err(Status::unimplemented("soon"))
}

pub(super) async fn propose_write_off(
    _app: &App,
    _actor: &Actor,
    _request: pb::ProposeWriteOffRequest,
) -> Result<pb::StockClosureReply, Status> {
    Err(Status::unimplemented("soon"))
}

pub(super) async fn propose_buy_back(
    _app: &App,
    _actor: &Actor,
    _request: pb::ProposeBuyBackRequest,
) -> Result<pb::StockClosureReply, Status> {
    Err(Status::unimplemented("soon"))
}

pub(super) async fn agree_stock_closure(
    _app: &App,
    _actor: &Actor,
    _request: pb::AgreeStockClosureRequest,
) -> Result<pb::ProjectReply, Status> {
    Err(Status::unimplemented("soon"))
}

pub(super) async fn declare_completion(
    _app: &App,
    _actor: &Actor,
    _request: pb::DeclareCompletionRequest,
) -> Result<pb::ProjectReply, Status> {
    Err(Status::unimplemented("soon"))
}

pub(super) async fn confirm_completion(
    _app: &App,
    _actor: &Actor,
    _request: pb::ConfirmCompletionRequest,
) -> Result<pb::ProjectReply, Status> {
    Err(Status::unimplemented("soon"))
}
