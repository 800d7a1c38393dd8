//! Between the contract's messages and the domain's values.

use authz::Actor;
use clock::{from_text, to_text};
use contracts::money::Money as PbMoney;
use contracts::projects as pb;
use costing::{CostLine, LineCost, ProductCost};
use link::malformed;
use money::{Money, MoneyError, Ppm};
use time::OffsetDateTime;
use tonic::Status;
use uow::StoreError;

use super::refusals::refused;
use crate::application::create_project::{CreateProject, SheetFiles};
use crate::application::execution::ports::{ExecutionView, SaleView};
use crate::application::ports::{After, ProductView, ProjectFilter, ProjectOrder, ProjectView};
use crate::domain::execution::{Allotment, Sale};
use crate::domain::{
    Description, ImportProject, MaterialChange, Notice, RENEW_HOURS, Refusal, Stock, Terms,
};

/// Places that unit figures are shown with (domain.md §4.4).
const UNIT_PLACES: u32 = 4;

/// An instant that may be left out.
pub(super) fn instant(text: &str, field: &str) -> Result<Option<OffsetDateTime>, Status> {
    match text {
        "" => Ok(None),
        text => from_text(text).map(Some).ok_or_else(|| malformed(field)),
    }
}

/// Something that may be left out.
pub(super) fn optional<T: std::str::FromStr>(text: &str, field: &str) -> Result<Option<T>, Status> {
    match text {
        "" => Ok(None),
        text => link::read(text, field).map(Some),
    }
}

/// An amount of ours; `None` when there is none or it can't be.
pub(super) fn money(given: Option<PbMoney>) -> Option<Money> {
    let PbMoney { currency, minor } = given?;
    Money::try_new(minor, currency.parse().ok()?).ok()
}

pub(super) fn pb_money(money: Money) -> PbMoney {
    PbMoney {
        currency: money.currency().code().to_owned(),
        minor: money.minor(),
    }
}

/// The key, and the request without it.
pub(super) fn create_project(
    request: pb::CreateProjectRequest,
) -> Result<(String, CreateProject), Status> {
    let pb::CreateProjectRequest {
        idempotency_key,
        name,
        summary,
        risk_text,
        jurisdiction,
        currency,
        goods_csv,
        costs_csv,
        workbook_xlsx,
    } = request;
    let files = match (
        workbook_xlsx.is_empty(),
        goods_csv.is_empty() && costs_csv.is_empty(),
    ) {
        (true, _) => SheetFiles::Csv {
            goods: goods_csv,
            costs: costs_csv,
        },
        (false, true) => SheetFiles::Workbook(workbook_xlsx),
        (false, false) => return Err(malformed("workbook_xlsx")),
    };
    let cmd = CreateProject {
        name,
        summary,
        risk_text,
        jurisdiction,
        currency: link::read(&currency, "currency")?,
        files,
    };
    Ok((idempotency_key, cmd))
}

/// Terms whose numbers can be kept; their ranges are the domain's to judge. No ticket for goods
/// without `products_allowed`; a highest ticket of nothing is none.
pub(super) fn terms(given: Option<pb::Terms>) -> Result<Terms, Status> {
    let pb::Terms {
        margin_ppm,
        min_ticket,
        max_ticket,
        products_ticket_min,
        products_allowed,
        finance_recoverable,
        contingency_ppm,
        platform_fee_ppm,
        investor_share_ppm,
        success_fee_ppm,
        tax_withholding_ppm,
        first_loss,
        holdback_ppm,
        holdback_days,
        buyback_ppm,
        cooling_off_hours,
        decision_hours,
        funding_days,
        approval_days,
        start_days,
        collection_days,
    } = given.ok_or_else(|| malformed("terms"))?;
    let min_ticket = amount(min_ticket, "min_ticket")?;
    let products_ticket_min = if products_allowed {
        Some(amount(products_ticket_min, "products_ticket_min")?)
    } else {
        None
    };
    let max_ticket = match max_ticket {
        Some(given) if given.minor != 0 => Some(amount(Some(given), "max_ticket")?),
        Some(_) | None => None,
    };
    let first_loss = match first_loss {
        None => Money::zero(min_ticket.currency()),
        given @ Some(_) => amount(given, "first_loss")?,
    };
    Ok(Terms {
        margin: ppm(margin_ppm, "margin_ppm")?,
        min_ticket,
        max_ticket,
        products_ticket_min,
        finance_recoverable,
        contingency: ppm(contingency_ppm, "contingency_ppm")?,
        platform_fee: ppm(platform_fee_ppm, "platform_fee_ppm")?,
        investor_share: ppm(investor_share_ppm, "investor_share_ppm")?,
        success_fee: ppm(success_fee_ppm, "success_fee_ppm")?,
        tax_withholding: ppm(tax_withholding_ppm, "tax_withholding_ppm")?,
        first_loss,
        holdback: ppm(holdback_ppm, "holdback_ppm")?,
        holdback_days: count(holdback_days, "holdback_days")?,
        buyback: ppm(buyback_ppm, "buyback_ppm")?,
        cooling_off_hours: count(cooling_off_hours, "cooling_off_hours")?,
        decision_hours: count(decision_hours, "decision_hours")?,
        funding_days: count(funding_days, "funding_days")?,
        approval_days: count(approval_days, "approval_days")?,
        start_days: count(start_days, "start_days")?,
        collection_days: count(collection_days, "collection_days")?,
    })
}

/// Without hours renewal takes the time that the rules give.
pub(super) fn notice(text: String, renew: bool, hours: i32) -> Result<Notice, Status> {
    let renew_hours = match (renew, hours) {
        (false, _) => None,
        (true, 0) => Some(RENEW_HOURS),
        (true, hours) => Some(count(hours, "renew_hours")?),
    };
    Ok(Notice { text, renew_hours })
}

fn out_of_range(field: &'static str) -> Status {
    refused(&Refusal::Terms(field))
}

fn amount(given: Option<PbMoney>, field: &'static str) -> Result<Money, Status> {
    money(given).ok_or_else(|| out_of_range(field))
}

fn ppm(given: i64, field: &'static str) -> Result<Ppm, Status> {
    let parts = u32::try_from(given).ok();
    parts.map(Ppm::new).ok_or_else(|| out_of_range(field))
}

fn count(given: i32, field: &'static str) -> Result<u16, Status> {
    u16::try_from(given).ok().ok_or_else(|| out_of_range(field))
}

/// Whether only one's own, and which; pages of 1 to 200, 50 where nothing is said.
pub(super) fn project_list(
    request: pb::ProjectListRequest,
) -> Result<(bool, ProjectFilter), Status> {
    let pb::ProjectListRequest {
        states,
        mine,
        first,
        after,
        text,
        jurisdiction,
        currency,
        flag,
        order,
        ids,
    } = request;
    if text.chars().count() > 200 {
        return Err(malformed("text"));
    }
    let first = if first == 0 { 50 } else { first.clamp(1, 200) };
    let states = states.iter().map(|state| link::read(state, "states"));
    let filter = ProjectFilter {
        ids: link::read_all(&ids, "ids")?,
        states: states.collect::<Result<_, _>>()?,
        first: i64::from(first) + 1,
        text,
        jurisdiction,
        currency,
        flag: optional(&flag, "flag")?,
        order: optional(&order, "order")?.unwrap_or_default(),
        after: cursor(&after)?,
        owner: None,
        viewer: None,
        every_draft: false,
    };
    Ok((mine, filter))
}

/// `<project>` or `<project>@<deadline>`.
fn cursor(text: &str) -> Result<Option<After>, Status> {
    let (project, deadline) = text.split_once('@').unwrap_or((text, ""));
    let project = optional(project, "after")?;
    let deadline = instant(deadline, "after")?;
    Ok(project.map(|project| After { project, deadline }))
}

/// Where the page behind this project begins.
pub(super) fn after(project: &ImportProject, order: ProjectOrder) -> String {
    match (order, project.funding_deadline) {
        (ProjectOrder::Deadline, Some(deadline)) => format!("{}@{}", project.id, to_text(deadline)),
        (ProjectOrder::Newest | ProjectOrder::Deadline, _) => project.id.to_string(),
    }
}

/// The project as this actor may see it: who is not signed in sees what is offered, not what
/// suppliers are paid and how execution goes.
pub(super) fn project(view: ProjectView, actor: &Actor) -> Result<pb::Project, StoreError> {
    let shown = whole(view).map_err(StoreError::failed)?;
    Ok(if actor.user().is_some() {
        shown
    } else {
        public(shown)
    })
}

fn public(mut shown: pb::Project) -> pb::Project {
    for product in &mut shown.products {
        product.unit_price.clear();
        product.goods = None;
    }
    shown.cost_lines.clear();
    shown.costing_json.clear();
    shown.completion_declared = false;
    shown.open_disbursements = 0;
    shown
}

#[expect(
    clippy::too_many_lines,
    reason = "every field is named, and a project has many"
)]
fn whole(view: ProjectView) -> Result<pb::Project, MoneyError> {
    let ProjectView {
        project,
        products,
        execution,
        changes,
        refunds_done,
    } = view;
    let ExecutionView {
        count,
        allotments,
        sales,
        closures,
        participants: _,
    } = execution;
    let (counted_at, count_note) = count.unzip();
    let goods = project.sheet.products.iter().zip(&project.costing.products);
    let products = goods.zip(&products).map(product);
    let products = products.collect::<Result<_, _>>()?;
    let totals = Some(pb::CostTotals::from(&project));
    let ImportProject {
        id,
        owner,
        description,
        sheet,
        terms,
        costing,
        goal: _,
        state,
        funding_outcome,
        flag,
        flag_reason,
        settlement_phase,
        liquidation,
        cancel_reason,
        refunds_expected,
        created_at,
        published_at: _,
        funding_opens_at,
        funding_deadline,
        due_at: _,
        escrow: _,
        seal,
        snapshot_version,
        open_disbursements,
        completion_declared,
        key_information_wanted: _,
    } = project;
    let refunds = refunds_expected.map(|expected| pb::RefundProgress {
        expected: expected.try_into().unwrap_or(i64::MAX),
        done: refunds_done,
    });
    let Description {
        name,
        summary,
        risk_text,
        jurisdiction,
    } = description;
    Ok(pb::Project {
        project_id: id.to_string(),
        owner_id: owner.to_string(),
        name,
        summary,
        risk_text,
        jurisdiction,
        currency: sheet.currency.code().to_owned(),
        state: state.to_string(),
        funding_outcome: funding_outcome.to_string(),
        flag: flag.to_string(),
        settlement_phase: settlement_phase.to_string(),
        cancel_reason: cancel_reason.unwrap_or_default(),
        liquidation: liquidation.to_string(),
        terms: terms.as_ref().map(pb::Terms::from),
        products,
        cost_lines: costing.lines.iter().map(cost_line).collect(),
        totals,
        sales: sales.iter().map(sale).collect(),
        stock_closures: closures.iter().map(pb::StockClosure::from).collect(),
        sealed: seal.is_some(),
        completion_declared,
        funding_deadline: funding_deadline.map(to_text).unwrap_or_default(),
        created_at: to_text(created_at),
        snapshot_version,
        costing_json: costing.to_json()?.to_string(),
        open_disbursements: open_disbursements.into(),
        funding_opens_at: funding_opens_at.map(to_text).unwrap_or_default(),
        goods_received_at: counted_at.map(to_text).unwrap_or_default(),
        goods_received_note: count_note.unwrap_or_default(),
        allotments: allotments.iter().map(allotment).collect(),
        flag_reason: flag_reason.unwrap_or_default(),
        refunds,
        material_changes: changes.into_iter().map(change).collect(),
    })
}

fn change(change: MaterialChange) -> pb::MaterialChange {
    let MaterialChange {
        id,
        text,
        renew_by,
        notified_at,
    } = change;
    pb::MaterialChange {
        change_id: id.to_string(),
        text,
        renew_by: renew_by.map(to_text).unwrap_or_default(),
        notified_at: to_text(notified_at),
    }
}

fn sale(view: &SaleView) -> pb::Sale {
    let SaleView { sale, matched } = view;
    let Sale {
        id,
        buyer,
        net,
        lines,
    } = sale;
    pb::Sale {
        sale_id: id.to_string(),
        buyer: buyer.clone(),
        net: Some(pb_money(*net)),
        matched: *matched,
        lines: lines.iter().map(pb::SaleLine::from).collect(),
    }
}

fn allotment(allotment: &Allotment) -> pb::ProductsAllotment {
    let Allotment {
        participation,
        investor,
        units,
        handed_over,
        lapsed,
    } = allotment;
    pb::ProductsAllotment {
        participation_id: participation.to_string(),
        investor_id: investor.to_string(),
        units: units.iter().map(pb::Counted::from).collect(),
        handed_over: *handed_over,
        lapsed: *lapsed,
    }
}

fn product(
    ((sheet, cost), view): ((&costing::Product, &ProductCost), &ProductView),
) -> Result<pb::Product, MoneyError> {
    let costing::Product {
        sku,
        name,
        hs_code,
        quantity,
        unit,
        unit_price,
        currency,
        unit_weight: _,
        unit_volume: _,
        duty: _,
        planned_price: _,
    } = sheet;
    let ProductView { id, stock } = view;
    let Stock {
        sku: _,
        received,
        allotted,
        handed_over,
        sold,
        written_off,
        bought_back,
    } = stock;
    Ok(pb::Product {
        product_id: id.to_string(),
        sku: sku.clone(),
        name: name.clone(),
        hs_code: hs_code.clone(),
        quantity: (*quantity).into(),
        unit: unit.clone(),
        unit_price: unit_price.to_string(),
        price_currency: currency.code().to_owned(),
        goods: Some(pb_money(cost.goods)),
        landed_cost: Some(pb_money(cost.landed_cost)),
        landed_unit_cost: cost.landed_unit_cost.to_decimal(UNIT_PLACES)?,
        planned_unit_price: cost.planned_unit_price.to_decimal(UNIT_PLACES)?,
        received: *received,
        allotted: *allotted,
        handed_over: *handed_over,
        sold: *sold,
        written_off: *written_off,
        bought_back: *bought_back,
    })
}

fn cost_line(cost: &LineCost) -> pb::CostLine {
    let LineCost {
        line,
        amount,
        parts: _,
    } = cost;
    let CostLine {
        kind,
        name,
        charge: _,
        allocation: _,
        recoverable,
        in_vat_base: _,
    } = line;
    pb::CostLine {
        kind: kind.to_string(),
        name: name.clone(),
        amount: Some(pb_money(*amount)),
        recoverable: *recoverable,
    }
}
