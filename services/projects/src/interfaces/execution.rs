//! The rpcs of execution: goods, sales, stock closures, completion.

use authz::Actor;
use contracts::projects as pb;
use ids::ProjectId;
use link::malformed;
use tonic::Status;

use super::convert::money;
use super::grpc::shown;
use crate::application::App;
use crate::application::execution::agree_stock_closure::agree_stock_closure as agree;
use crate::application::execution::confirm_completion::confirm_completion as confirm;
use crate::application::execution::declare_completion::declare_completion as declare;
use crate::application::execution::hand_over_goods::hand_over_goods as hand_over;
use crate::application::execution::propose_buy_back::{self as buy_back, ProposeBuyBack};
use crate::application::execution::propose_write_off::{self as write_off, ProposeWriteOff};
use crate::application::execution::record_goods_received::{self as receive, RecordGoodsReceived};
use crate::application::execution::report_sale::{self as sale, ReportSale};
use crate::domain::execution::{Count, Counted, SaleLine};

pub(super) async fn record_goods_received(
    app: &App,
    actor: &Actor,
    request: pb::RecordGoodsReceivedRequest,
) -> Result<pb::ProjectReply, Status> {
    let pb::RecordGoodsReceivedRequest {
        idempotency_key,
        project_id,
        counted,
        note,
    } = request;
    let project = project_id_of(&project_id)?;
    let counted = counted.into_iter().map(|one| {
        let pb::Counted { sku, units } = one;
        Counted { sku, units }
    });
    let count = Count {
        counted: counted.collect(),
        note,
    };
    let cmd = RecordGoodsReceived { project, count };
    receive::record_goods_received(app, actor, idempotency_key, cmd).await?;
    reply(app, actor, project).await
}

pub(super) async fn report_sale(
    app: &App,
    actor: &Actor,
    request: pb::ReportSaleRequest,
) -> Result<pb::ReportSaleReply, Status> {
    let pb::ReportSaleRequest {
        idempotency_key,
        project_id,
        buyer,
        lines,
    } = request;
    let project = project_id_of(&project_id)?;
    let lines = lines.into_iter().map(sale_line);
    let cmd = ReportSale {
        project,
        buyer,
        lines: lines.collect::<Result<_, _>>()?,
    };
    let sale = sale::report_sale(app, actor, idempotency_key, cmd).await?;
    Ok(pb::ReportSaleReply {
        project: Some(shown(app, actor, project).await?),
        sale_id: sale.to_string(),
    })
}

fn sale_line(line: pb::SaleLine) -> Result<SaleLine, Status> {
    let pb::SaleLine { sku, units, net } = line;
    let net = money(net).ok_or_else(|| malformed("net"))?;
    Ok(SaleLine { sku, units, net })
}

pub(super) async fn hand_over_goods(
    app: &App,
    actor: &Actor,
    request: pb::HandOverGoodsRequest,
) -> Result<pb::ProjectReply, Status> {
    let pb::HandOverGoodsRequest {
        idempotency_key,
        project_id,
        participation_id,
    } = request;
    let project = project_id_of(&project_id)?;
    let participation = link::read(&participation_id, "participation_id")?;
    hand_over(app, actor, idempotency_key, (project, participation)).await?;
    reply(app, actor, project).await
}

pub(super) async fn propose_write_off(
    app: &App,
    actor: &Actor,
    request: pb::ProposeWriteOffRequest,
) -> Result<pb::StockClosureReply, Status> {
    let pb::ProposeWriteOffRequest {
        idempotency_key,
        project_id,
        sku,
        units,
        reason,
    } = request;
    let project = project_id_of(&project_id)?;
    let cmd = ProposeWriteOff {
        project,
        sku,
        units,
        reason,
    };
    let closure = write_off::propose_write_off(app, actor, idempotency_key, cmd).await?;
    Ok(pb::StockClosureReply {
        project: Some(shown(app, actor, project).await?),
        closure_id: closure.to_string(),
    })
}

pub(super) async fn propose_buy_back(
    app: &App,
    actor: &Actor,
    request: pb::ProposeBuyBackRequest,
) -> Result<pb::StockClosureReply, Status> {
    let pb::ProposeBuyBackRequest {
        idempotency_key,
        project_id,
        sku,
        units,
    } = request;
    let project = project_id_of(&project_id)?;
    let cmd = ProposeBuyBack {
        project,
        sku,
        units,
    };
    let closure = buy_back::propose_buy_back(app, actor, idempotency_key, cmd).await?;
    Ok(pb::StockClosureReply {
        project: Some(shown(app, actor, project).await?),
        closure_id: closure.to_string(),
    })
}

pub(super) async fn agree_stock_closure(
    app: &App,
    actor: &Actor,
    request: pb::AgreeStockClosureRequest,
) -> Result<pb::ProjectReply, Status> {
    let pb::AgreeStockClosureRequest {
        idempotency_key,
        project_id,
        closure_id,
    } = request;
    let project = project_id_of(&project_id)?;
    let closure = link::read(&closure_id, "closure_id")?;
    agree(app, actor, idempotency_key, (project, closure)).await?;
    reply(app, actor, project).await
}

pub(super) async fn declare_completion(
    app: &App,
    actor: &Actor,
    request: pb::DeclareCompletionRequest,
) -> Result<pb::ProjectReply, Status> {
    let pb::DeclareCompletionRequest {
        idempotency_key,
        project_id,
    } = request;
    let project = project_id_of(&project_id)?;
    declare(app, actor, idempotency_key, project).await?;
    reply(app, actor, project).await
}

pub(super) async fn confirm_completion(
    app: &App,
    actor: &Actor,
    request: pb::ConfirmCompletionRequest,
) -> Result<pb::ProjectReply, Status> {
    let pb::ConfirmCompletionRequest {
        idempotency_key,
        project_id,
    } = request;
    let project = project_id_of(&project_id)?;
    confirm(app, actor, idempotency_key, project).await?;
    reply(app, actor, project).await
}

fn project_id_of(text: &str) -> Result<ProjectId, Status> {
    link::read(text, "project_id")
}

async fn reply(app: &App, actor: &Actor, id: ProjectId) -> Result<pb::ProjectReply, Status> {
    let project = Some(shown(app, actor, id).await?);
    Ok(pb::ProjectReply { project })
}
