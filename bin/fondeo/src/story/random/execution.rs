//! The commands of execution: costs, goods, sales, and the runs that share out what they bring.

use serde_json::{Value, json};

use super::command::{Aim, Command, Dice, Scene};
use super::crowd::{ADMINS, TREASURER};
use super::funding::{any, of_admin, of_owner};
use super::world::{Claim, Disbursement, Project, Stock};

const ESCROW: &str = "escrow { holds }";
const DISBURSEMENT: &str = "disbursement { disbursementId state needsAgreement }";
const RUN: &str = "run { runId state }";
const IN_EXECUTION: &[&str] = &["IN_EXECUTION", "LIQUIDATING"];
/// Where a project's escrow is open for costs: an ADJUSTMENT may follow a FINAL run.
const COSTS: &[&str] = &["IN_EXECUTION", "SETTLED", "LIQUIDATING", "LIQUIDATED"];
const RECEIPTS: &[&str] = &[
    "IN_EXECUTION",
    "COMPLETED",
    "SETTLED",
    "LIQUIDATING",
    "LIQUIDATED",
];

/// The kinds of runs, and where each is due.
const RUNS: &[(&str, &[&str])] = &[
    ("INTERIM", &["IN_EXECUTION"]),
    ("FINAL", &["COMPLETED"]),
    ("ADJUSTMENT", &["SETTLED", "LIQUIDATED"]),
    ("LIQUIDATION", &["LIQUIDATING"]),
];

/// As a project goes on.
pub const COMMANDS: &[Command] = &[
    Command {
        name: "requestDisbursement",
        done_in: COSTS,
        urge: |scene| {
            if scene.at_work() && scene.steps < 60 {
                3
            } else {
                0
            }
        },
        aim: ask_cost,
    },
    Command {
        name: "agreeDisbursement",
        done_in: COSTS,
        urge: |scene| {
            urge_of(
                scene,
                |one| one.state == "REQUESTED" && one.needs_agreement,
                8,
            )
        },
        aim: |dice, scene| of_cost(dice, scene, ADMINS[0], json!({})),
    },
    Command {
        name: "payDisbursement",
        done_in: COSTS,
        urge: |scene| {
            let ready = |one: &Disbursement| {
                one.state == "AGREED" || one.state == "REQUESTED" && !one.needs_agreement
            };
            urge_of(scene, ready, 8)
        },
        aim: |dice, scene| {
            of_cost(
                dice,
                scene,
                TREASURER,
                json!({ "bankReference": scene.tag }),
            )
        },
    },
    Command {
        name: "endDisbursement",
        done_in: COSTS,
        urge: |scene| {
            urge_of(
                scene,
                |one| matches!(one.state.as_str(), "REQUESTED" | "AGREED"),
                1,
            )
        },
        aim: |dice, scene| {
            let by = dice
                .one(&[scene.plan.owner.as_str(), ADMINS[1], TREASURER])
                .copied()?;
            of_cost(dice, scene, by, json!({ "reason": "Not after all." }))
        },
    },
    Command {
        name: "payAdvance",
        done_in: COSTS,
        urge: |scene| u32::from(scene.at_work() && scene.steps < 60),
        aim: |dice, scene| {
            let minor = dice.range(0, scene.free(&scene.plan.owner).min(20_000) + 1);
            let input = json!({ "projectId": scene.project_id(), "amount": scene.money(minor) });
            Aim::new(&scene.plan.owner, input, ESCROW)
        },
    },
    Command {
        name: "recordRecovery",
        done_in: RECEIPTS,
        urge: |scene| u32::from(scene.at_work() || scene.state() == "COMPLETED"),
        aim: recover,
    },
    Command {
        name: "recordGoodsReceived",
        done_in: IN_EXECUTION,
        urge: |scene| {
            if scene.at_work() && !counted(scene) {
                7
            } else {
                0
            }
        },
        aim: count,
    },
    Command {
        name: "handOverGoods",
        done_in: IN_EXECUTION,
        urge: |scene| match scene.project() {
            Some(one) if scene.at_work() && !one.allotments.is_empty() => 5,
            _ => 0,
        },
        aim: |dice, scene| {
            let waiting = scene.project().map_or(&[][..], |one| &one.allotments);
            let (id, by) = match dice.one(waiting) {
                Some(one) => (
                    one.participation_id.to_string(),
                    scene.crowd.name(one.investor_id)?.to_owned(),
                ),
                None => any(dice, scene)?,
            };
            let input = json!({ "projectId": scene.project_id(), "participationId": id });
            Aim::of_project(&by, input)
        },
    },
    Command {
        name: "reportSale",
        done_in: IN_EXECUTION,
        urge: |scene| {
            if scene.at_work() && !stock(scene).is_empty() {
                7
            } else {
                0
            }
        },
        aim: sell,
    },
    Command {
        name: "proposeWriteOff",
        done_in: IN_EXECUTION,
        urge: |scene| u32::from(scene.at_work() && !stock(scene).is_empty()),
        aim: |dice, scene| {
            let mut input = units(dice, scene);
            input["reason"] = "Damaged.".into();
            Aim::new(&scene.plan.owner, input, "closureId project { state }")
        },
    },
    Command {
        name: "proposeBuyBack",
        done_in: IN_EXECUTION,
        urge: |scene| u32::from(scene.at_work() && !stock(scene).is_empty()),
        aim: |dice, scene| {
            let input = units(dice, scene);
            Aim::new(&scene.plan.owner, input, "closureId project { state }")
        },
    },
    Command {
        name: "agreeStockClosure",
        done_in: IN_EXECUTION,
        urge: |scene| {
            let waits = |one: &Project| one.closures.iter().any(|closure| !closure.agreed);
            if scene.at_work() && scene.project().is_some_and(waits) {
                4
            } else {
                0
            }
        },
        aim: |dice, scene| {
            let all = scene.project().map_or(&[][..], |one| &one.closures);
            let waits = all.iter().find(|one| !one.agreed).or_else(|| all.first());
            let id = waits.map_or_else(|| dice.nobody(), |one| one.closure_id.to_string());
            let input = json!({ "projectId": scene.project_id(), "closureId": id });
            Aim::of_project(dice.one(&ADMINS)?, input)
        },
    },
    Command {
        name: "matchProceeds",
        done_in: RECEIPTS,
        urge: |scene| if owed(scene).is_empty() { 0 } else { 9 },
        aim: match_proceeds,
    },
    Command {
        name: "declareCompletion",
        done_in: &["IN_EXECUTION"],
        urge: |scene| match scene.project() {
            Some(one)
                if scene.state() == "IN_EXECUTION" && !one.completion_declared && done(scene) =>
            {
                9
            }
            _ => 0,
        },
        aim: of_owner,
    },
    Command {
        name: "confirmCompletion",
        done_in: &["IN_EXECUTION"],
        urge: |scene| match scene.project() {
            Some(one)
                if scene.state() == "IN_EXECUTION" && one.completion_declared && done(scene) =>
            {
                12
            }
            _ => 0,
        },
        aim: of_admin,
    },
    Command {
        name: "proposeRun",
        done_in: RECEIPTS,
        urge: |scene| match scene.stand() {
            _ if proposed(scene).is_some() => 1,
            "SETTLED" | "LIQUIDATED" if scene.left_in_escrow() => 6,
            "COMPLETED" => 9,
            "IN_EXECUTION" if scene.books().is_some_and(|books| books.proceeds > 0) => 1,
            "LIQUIDATING" if counted(scene) => 3,
            "LIQUIDATING" if scene.steps > 70 => 6,
            _ => 0,
        },
        aim: |dice, scene| {
            let stands = |(_, where_due): &&(&str, &[&str])| where_due.contains(&scene.stand());
            let due = RUNS.iter().find(stands).unwrap_or(&RUNS[0]);
            let (kind, done_in) = if dice.one_in(9) { dice.one(RUNS)? } else { due };
            let input = json!({ "projectId": scene.project_id(), "kind": kind });
            let mut aim = Aim::new(TREASURER, input, RUN)?;
            aim.done_in = Some(done_in);
            Some(aim)
        },
    },
    Command {
        name: "approveRun",
        done_in: RECEIPTS,
        urge: |scene| if proposed(scene).is_some() { 10 } else { 0 },
        aim: |dice, scene| {
            let any = scene.books().and_then(|books| books.runs.first());
            let run = proposed(scene).or_else(|| any.map(|run| run.run_id.to_string()));
            let run = run.unwrap_or_else(|| dice.nobody());
            Aim::new(dice.one(&ADMINS)?, json!({ "runId": run }), RUN)
        },
    },
];

fn counted(scene: &Scene<'_>) -> bool {
    scene.project().is_some_and(|one| one.counted)
}

/// What may still be sold.
fn stock<'a>(scene: &Scene<'a>) -> Vec<&'a Stock> {
    let all = scene.project().map_or(&[][..], |one| &one.products);
    all.iter().filter(|one| one.left() > 0).collect()
}

/// What is not paid in full.
fn owed<'a>(scene: &Scene<'a>) -> Vec<&'a Claim> {
    let all = scene.books().map_or(&[][..], |books| &books.claims);
    all.iter().filter(|one| one.paid < one.owed).collect()
}

/// The last run, while it waits for its approval.
fn proposed(scene: &Scene<'_>) -> Option<String> {
    let last = scene.books()?.runs.last()?;
    (last.state == "PROPOSED").then(|| last.run_id.to_string())
}

/// Nothing of the project is open.
fn done(scene: &Scene<'_>) -> bool {
    let nothing_waits = |one: &Project| {
        let handed = one
            .products
            .iter()
            .all(|stock| stock.handed_over == stock.allotted);
        one.open_disbursements == 0 && one.counted && handed
    };
    scene.project().is_some_and(nothing_waits) && stock(scene).is_empty() && owed(scene).is_empty()
}

fn urge_of(scene: &Scene<'_>, is_so: impl Fn(&Disbursement) -> bool, urge: u32) -> u32 {
    let some = scene
        .books()
        .is_some_and(|books| books.disbursements.iter().any(is_so));
    if some { urge } else { 0 }
}

fn ask_cost(dice: &mut Dice, scene: &Scene<'_>) -> Option<Aim> {
    let free = scene
        .books()
        .map_or(1_000, |books| books.capital - books.requested);
    let amounts = [
        (3, free / 4),
        (3, free / 2),
        (1, free),
        (1, free + 1),
        (1, 0),
    ];
    let minor = *dice.weighted(&amounts)?;
    let lines = [
        ("GOODS", ""),
        ("FREIGHT", "Ocean freight"),
        ("VAT", "Value added tax"),
        ("INLAND_TRANSPORT", "Trucks"),
    ];
    let (kind, line) = dice.one(&lines)?;
    let input = json!({
        "projectId": scene.project_id(),
        "costKind": kind,
        "lineName": line,
        "payee": dice.one(&["Ningbo Trading", "Lines of the South", "Customs"])?,
        "invoice": if dice.one_in(12) { "the same" } else { &scene.tag },
        "amount": scene.money(minor),
    });
    Aim::new(&scene.plan.owner, input, DISBURSEMENT)
}

/// About the first that is open, or any; its amount leaves the bank when it is paid.
fn of_cost(dice: &mut Dice, scene: &Scene<'_>, by: &str, mut input: Value) -> Option<Aim> {
    let all = scene.books().map_or(&[][..], |books| &books.disbursements);
    let waits_for_second = by == ADMINS[0];
    let open = all.iter().find(|one| match one.state.as_str() {
        "REQUESTED" => one.needs_agreement == waits_for_second,
        "AGREED" => !waits_for_second,
        _ => false,
    });
    let one = open.or(dice.one(all));
    let id = one.map_or_else(|| dice.nobody(), |one| one.disbursement_id.to_string());
    input["disbursementId"] = id.into();
    let amount = one.map_or(0, |one| one.amount);
    let pays = input.get("bankReference").is_some();
    let mut aim = Aim::new(by, input, DISBURSEMENT)?;
    aim.bank = pays.then(|| (scene.plan.currency.clone(), -amount));
    Some(aim)
}

fn recover(dice: &mut Dice, scene: &Scene<'_>) -> Option<Aim> {
    let paid = scene
        .books()
        .into_iter()
        .flat_map(|books| &books.disbursements);
    let paid: Vec<_> = paid.filter(|one| one.state == "PAID").collect();
    let (line, most) = dice
        .one(&paid)
        .map_or(("GOODS", 100), |one| (&one.line_name, one.amount));
    let line = if line.is_empty() { "GOODS" } else { line };
    let minor = dice.range(1, most + 1);
    let input = json!({
        "projectId": scene.project_id(),
        "kind": dice.one(&["TAX", "INDEMNITY", "SUPPLIER_REFUND"])?,
        "lineName": line,
        "document": if dice.one_in(5) { "" } else { &scene.tag },
        "amount": scene.money(minor),
        "bankReference": scene.tag,
    });
    let mut aim = Aim::new(TREASURER, input, ESCROW)?;
    aim.bank = Some((scene.plan.currency.clone(), minor));
    Some(aim)
}

fn count(dice: &mut Dice, scene: &Scene<'_>) -> Option<Aim> {
    let counted = scene.plan.products.iter().map(|(sku, ordered)| {
        let units = match dice.range(0, 9) {
            0 => dice.range(0, *ordered),
            1 => ordered + 1,
            2 => 0,
            _ => *ordered,
        };
        json!({ "sku": sku, "units": units })
    });
    let input = json!({
        "projectId": scene.project_id(),
        "counted": counted.collect::<Vec<_>>(),
        "note": "Counted in the yard.",
    });
    Aim::of_project(&scene.plan.owner, input)
}

/// All that is left of a product, mostly.
fn units(dice: &mut Dice, scene: &Scene<'_>) -> Value {
    let some = stock(scene);
    let (sku, left) = match dice.one(&some) {
        Some(one) => (one.sku.as_str(), one.left()),
        None => ("P-0", 1),
    };
    let units = *dice
        .weighted(&[(5, left), (2, left / 2), (1, left + 1)])
        .unwrap_or(&left);
    json!({ "projectId": scene.project_id(), "sku": sku, "units": units })
}

fn sell(dice: &mut Dice, scene: &Scene<'_>) -> Option<Aim> {
    let mut lines = Vec::new();
    for one in stock(scene) {
        let units = *dice.weighted(&[(6, one.left()), (3, one.left() / 2), (1, one.left() + 1)])?;
        let net = scene.money(dice.range(1, 5_000) * units.max(1));
        lines.push(json!({ "sku": one.sku, "units": units, "net": net }));
    }
    if lines.is_empty() {
        lines.push(json!({ "sku": "P-0", "units": 1, "net": scene.money(100) }));
    }
    let input = json!({ "projectId": scene.project_id(), "buyer": "Bazaar", "lines": lines });
    Aim::new(&scene.plan.owner, input, "saleId project { state }")
}

fn match_proceeds(dice: &mut Dice, scene: &Scene<'_>) -> Option<Aim> {
    let open = owed(scene);
    let (id, rest) = match dice.one(&open) {
        Some(one) => (one.claim_id.to_string(), one.owed - one.paid),
        None => (dice.nobody(), 100),
    };
    let amounts = [(6, rest), (2, rest / 2), (1, rest + 7), (1, 0)];
    let minor = *dice.weighted(&amounts)?;
    let input = json!({
        "projectId": scene.project_id(),
        "claimId": id,
        "amount": scene.money(minor),
        "bankReference": scene.tag,
    });
    let mut aim = Aim::new(TREASURER, input, ESCROW)?;
    aim.bank = Some((scene.plan.currency.clone(), minor));
    Some(aim)
}
