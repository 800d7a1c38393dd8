//! What happened to the goods, in the words of the contract, recorded beside its effect.

use contracts::EventMessage;
use contracts::projects as pb;
use ids::{ProjectId, UserId};
use journal::Record as _;
use pg::Uow;
use uow::StoreError;

use crate::domain::ImportProject;
use crate::domain::execution::{
    Allotment, Closure, ClosureKind, ClosureWord, Counted, Goods, Sale, SaleLine,
};
use crate::infrastructure::messages::amount;

async fn record<E: EventMessage + Sync>(
    uow: &mut Uow,
    project: ProjectId,
    event: E,
) -> Result<(), StoreError> {
    uow.record(project.as_uuid(), &event).await.map(drop)
}

pub(super) async fn goods_received(
    uow: &mut Uow,
    project: &ImportProject,
    goods: &Goods,
    allotments: &[Allotment],
) -> Result<(), StoreError> {
    let ordered = project.sheet.products.iter();
    let products = ordered
        .zip(goods.stock())
        .map(|(product, stock)| pb::ReceivedProduct {
            sku: stock.sku.clone(),
            ordered: product.quantity.into(),
            received: stock.received,
        });
    let event = pb::GoodsReceived {
        project_id: project.id.to_string(),
        products: products.collect(),
        allotments: allotments.iter().flat_map(allotted).collect(),
    };
    record(uow, project.id, event).await
}

fn allotted(allotment: &Allotment) -> impl Iterator<Item = pb::Allotment> {
    let Allotment {
        participation,
        investor,
        units: _,
        handed_over: _,
        lapsed: _,
    } = allotment;
    allotment.whole_units().map(|one| pb::Allotment {
        participation_id: participation.to_string(),
        sku: one.sku.clone(),
        units: one.units,
        investor_id: investor.to_string(),
    })
}

pub(super) async fn goods_handed_over(
    uow: &mut Uow,
    project: ProjectId,
    allotment: &Allotment,
) -> Result<(), StoreError> {
    let Allotment {
        participation,
        investor,
        units: _,
        handed_over: _,
        lapsed: _,
    } = allotment;
    let event = pb::GoodsHandedOver {
        project_id: project.to_string(),
        participation_id: participation.to_string(),
        units: allotment.whole_units().map(pb::Counted::from).collect(),
        investor_id: investor.to_string(),
    };
    record(uow, project, event).await
}

pub(super) async fn allotment_lapsed(
    uow: &mut Uow,
    project: ProjectId,
    allotment: &Allotment,
) -> Result<(), StoreError> {
    let Allotment {
        participation,
        investor,
        units: _,
        handed_over: _,
        lapsed: _,
    } = allotment;
    let event = pb::AllotmentLapsed {
        project_id: project.to_string(),
        participation_id: participation.to_string(),
        investor_id: investor.to_string(),
        units: allotment.whole_units().map(pb::Counted::from).collect(),
    };
    record(uow, project, event).await
}

pub(super) async fn sale_reported(
    uow: &mut Uow,
    project: ProjectId,
    sale: &Sale,
) -> Result<(), StoreError> {
    let Sale {
        id,
        buyer: _,
        net,
        lines,
    } = sale;
    let event = pb::SaleReported {
        project_id: project.to_string(),
        sale_id: id.to_string(),
        net: Some(amount(*net)),
        lines: lines.iter().map(pb::SaleLine::from).collect(),
    };
    record(uow, project, event).await
}

pub(super) async fn closure_proposed(
    uow: &mut Uow,
    project: &ImportProject,
    closure: &Closure,
) -> Result<(), StoreError> {
    let event = pb::StockClosureProposed {
        project_id: project.id.to_string(),
        closure: Some(closure.into()),
        proposed_by: project.owner.to_string(),
    };
    record(uow, project.id, event).await
}

pub(super) async fn closure_agreed(
    uow: &mut Uow,
    project: ProjectId,
    closure: &Closure,
) -> Result<(), StoreError> {
    let Closure {
        id,
        sku,
        units,
        kind,
        agreed_by,
    } = closure;
    let (project_id, closure_id) = (project.to_string(), id.to_string());
    let (sku, units) = (sku.clone(), *units);
    let agreed_by = agreed_by.as_ref().map(UserId::to_string);
    let agreed_by = agreed_by.ok_or_else(|| StoreError::failed("nobody agreed to a closure"))?;
    match kind {
        ClosureKind::WriteOff { reason: _ } => {
            let event = pb::StockWrittenOff {
                project_id,
                closure_id,
                sku,
                units,
                agreed_by,
            };
            record(uow, project, event).await
        }
        ClosureKind::BuyBack { price } => {
            let event = pb::StockBoughtBack {
                project_id,
                closure_id,
                sku,
                units,
                price: Some(amount(*price)),
                agreed_by,
            };
            record(uow, project, event).await
        }
    }
}

impl From<&Counted> for pb::Counted {
    fn from(counted: &Counted) -> Self {
        let Counted { sku, units } = counted;
        Self {
            sku: sku.clone(),
            units: *units,
        }
    }
}

impl From<&SaleLine> for pb::SaleLine {
    fn from(line: &SaleLine) -> Self {
        let SaleLine { sku, units, net } = line;
        Self {
            sku: sku.clone(),
            units: *units,
            net: Some(amount(*net)),
        }
    }
}

impl From<&Closure> for pb::StockClosure {
    fn from(closure: &Closure) -> Self {
        let Closure {
            id,
            sku,
            units,
            kind,
            agreed_by,
        } = closure;
        let (reason, price) = match kind {
            ClosureKind::WriteOff { reason } => (reason.clone(), None),
            ClosureKind::BuyBack { price } => (String::new(), Some(amount(*price))),
        };
        Self {
            closure_id: id.to_string(),
            kind: ClosureWord::from(kind).to_string(),
            sku: sku.clone(),
            units: *units,
            reason,
            price,
            agreed: agreed_by.is_some(),
        }
    }
}
