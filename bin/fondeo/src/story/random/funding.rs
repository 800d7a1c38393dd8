//! The commands up to the start, and those that end a project.

use serde_json::json;

use super::command::{Aim, Command, Dice, Scene};
use super::crowd::ADMINS;
use super::world::{Offering, Participation};

const PARTICIPATION: &str = "participation { participationId state funding }";
const SHOWN: &[&str] = &[
    "PUBLISHED",
    "FUNDING",
    "FULLY_FUNDED",
    "READY_FOR_APPROVAL",
    "APPROVED",
    "IN_EXECUTION",
    "COMPLETED",
    "SETTLED",
    "CANCELLED",
    "LIQUIDATING",
    "LIQUIDATED",
];
const BEFORE_EXECUTION: &[&str] = &[
    "PUBLISHED",
    "FUNDING",
    "FULLY_FUNDED",
    "READY_FOR_APPROVAL",
    "APPROVED",
];
const IN_ROUND: &[&str] = &["FUNDING", "FULLY_FUNDED", "READY_FOR_APPROVAL"];

/// In the order of a project's life.
pub const COMMANDS: &[Command] = &[
    Command {
        name: "createProject",
        done_in: &[],
        urge: |scene| if scene.id.is_none() { 20 } else { 0 },
        aim: create,
    },
    Command {
        name: "setTerms",
        done_in: &["DRAFT"],
        urge: |scene| match (scene.state(), scene.terms_set) {
            ("DRAFT", 0) => 20,
            ("DRAFT", 1) => 12,
            _ => 0,
        },
        aim: |_, scene| {
            let goal = scene.project().and_then(|project| project.goal_minor);
            let terms = scene.plan.terms(goal);
            let input = json!({ "projectId": scene.project_id(), "terms": terms });
            Aim::of_project(&scene.plan.owner, input)
        },
    },
    Command {
        name: "publishProject",
        done_in: &["DRAFT"],
        urge: |scene| {
            if scene.state() == "DRAFT" && scene.terms_set > 0 {
                6
            } else {
                0
            }
        },
        aim: of_owner,
    },
    Command {
        name: "openFunding",
        done_in: &["PUBLISHED"],
        urge: |scene| in_state(scene, "PUBLISHED", 10),
        aim: of_owner,
    },
    Command {
        name: "requestParticipation",
        done_in: IN_ROUND,
        urge: |scene| match scene.offering() {
            Some(round) if round.status == "OPEN" && round.room() > 0 && !round.over => 12,
            _ => 0,
        },
        aim: request,
    },
    Command {
        name: "approveParticipation",
        done_in: IN_ROUND,
        urge: |scene| if held(scene).is_empty() { 0 } else { 7 },
        aim: |dice, scene| {
            let id = one_of(dice, scene, &held(scene));
            Aim::new(
                &scene.plan.owner,
                json!({ "participationId": id }),
                PARTICIPATION,
            )
        },
    },
    Command {
        name: "decideParticipations",
        done_in: IN_ROUND,
        urge: |scene| if held(scene).is_empty() { 0 } else { 5 },
        aim: decide,
    },
    Command {
        name: "rejectParticipation",
        done_in: IN_ROUND,
        urge: |scene| u32::from(!held(scene).is_empty()),
        aim: |dice, scene| {
            let id = one_of(dice, scene, &held(scene));
            let input = json!({ "participationId": id, "reason": "Another time." });
            Aim::new(&scene.plan.owner, input, PARTICIPATION)
        },
    },
    Command {
        name: "withdrawParticipation",
        // A place on the waiting list is given back at any time.
        done_in: &[],
        urge: |scene| u32::from(scene.steps % 4 == 0 && !open(scene).is_empty()),
        aim: |dice, scene| {
            let open = dice.one(&open(scene)).copied();
            let (id, by) = of_holder(open.or_else(|| any_of(dice, scene)), dice, scene)?;
            Aim::new(&by, json!({ "participationId": id }), PARTICIPATION)
        },
    },
    Command {
        name: "notifyMaterialChange",
        done_in: BEFORE_EXECUTION,
        urge: |scene| u32::from(BEFORE_EXECUTION.contains(&scene.state()) && scene.steps % 9 == 0),
        aim: |dice, scene| {
            let by = if dice.one_in(3) {
                ADMINS[0]
            } else {
                &scene.plan.owner
            };
            let mut input = json!({
                "projectId": scene.project_id(),
                "text": "The ship sails later.",
            });
            if dice.one_in(2) {
                input["renew"] = true.into();
                input["renewHours"] = dice.range(24, 200).into();
            }
            Aim::of_project(by, input)
        },
    },
    Command {
        name: "renewParticipation",
        done_in: IN_ROUND,
        urge: |scene| if noticed(scene).is_empty() { 0 } else { 9 },
        aim: |dice, scene| {
            let one = dice.one(&noticed(scene)).copied();
            let one = one.or_else(|| any_of(dice, scene));
            let notice = one.and_then(|one| one.notice_id);
            let notice = notice.map_or_else(|| dice.nobody(), |id| id.to_string());
            let (id, by) = of_holder(one, dice, scene)?;
            let input = json!({ "participationId": id, "noticeId": notice });
            Aim::new(&by, input, PARTICIPATION)
        },
    },
    Command {
        name: "approveProject",
        done_in: &["READY_FOR_APPROVAL"],
        urge: |scene| match scene.project() {
            Some(one) if one.state == "READY_FOR_APPROVAL" && one.sealed => 14,
            _ => 0,
        },
        aim: of_admin,
    },
    Command {
        name: "startExecution",
        done_in: &["APPROVED"],
        urge: |scene| in_state(scene, "APPROVED", 10),
        aim: of_owner,
    },
    Command {
        name: "setFlag",
        done_in: SHOWN,
        urge: |scene| match scene.project().map(|one| one.flag.as_str()) {
            Some("SUSPENDED") => 12,
            Some(_) if scene.steps % 20 == 0 => 1,
            _ => 0,
        },
        aim: |dice, scene| {
            let flag = match scene.project().map(|one| one.flag.as_str()) {
                Some("SUSPENDED") => "NONE",
                _ => dice.one(&["LATE", "DISPUTED", "SUSPENDED", "NONE"])?,
            };
            let input =
                json!({ "projectId": scene.project_id(), "flag": flag, "reason": "Looked at." });
            Aim::of_project(dice.one(&ADMINS)?, input)
        },
    },
    Command {
        name: "cancelProject",
        done_in: &[
            "DRAFT",
            "PUBLISHED",
            "FUNDING",
            "FULLY_FUNDED",
            "READY_FOR_APPROVAL",
            "APPROVED",
            "IN_EXECUTION",
        ],
        urge: |scene| match scene.state() {
            "NONE" | "COMPLETED" | "SETTLED" | "CANCELLED" => 0,
            _ if scene.steps > 90 => 40,
            "IN_EXECUTION" if scene.plan.ends_early => 2,
            "DRAFT" | "PUBLISHED" | "FUNDING" | "APPROVED" => u32::from(scene.plan.ends_early),
            _ => 0,
        },
        aim: |dice, scene| {
            let early = matches!(scene.state(), "DRAFT" | "PUBLISHED" | "FUNDING");
            let by_admin = early == dice.one_in(9);
            let by = if by_admin {
                ADMINS[1]
            } else {
                scene.plan.owner.as_str()
            };
            let input = json!({ "projectId": scene.project_id(), "reason": "It is not worth it." });
            let mut aim = Aim::of_project(by, input)?;
            // A round that is full may be short again by the clock alone: then both are right.
            aim.forbidden = match scene.state() {
                "DRAFT" | "PUBLISHED" => by_admin,
                "APPROVED" | "IN_EXECUTION" => !by_admin,
                _ => false,
            };
            Some(aim)
        },
    },
];

/// So much, in that state only.
pub fn in_state(scene: &Scene<'_>, state: &str, urge: u32) -> u32 {
    if scene.state() == state { urge } else { 0 }
}

/// About the project alone, by its owner.
pub fn of_owner(_: &mut Dice, scene: &Scene<'_>) -> Option<Aim> {
    Aim::of_project(
        &scene.plan.owner,
        json!({ "projectId": scene.project_id() }),
    )
}

/// About the project alone, by an administrator.
pub fn of_admin(dice: &mut Dice, scene: &Scene<'_>) -> Option<Aim> {
    Aim::of_project(
        dice.one(&ADMINS)?,
        json!({ "projectId": scene.project_id() }),
    )
}

fn create(dice: &mut Dice, scene: &Scene<'_>) -> Option<Aim> {
    let broken = scene.id.is_some() || dice.one_in(12);
    let costs = if broken {
        scene.plan.costs.replace("FREIGHT", "FRIGHT")
    } else {
        scene.plan.costs.clone()
    };
    let input = json!({
        "name": format!("Walk {}", scene.tag),
        "summary": "Bought far away, sold here.",
        "riskText": "You may lose the money you put in.",
        "jurisdiction": "PE",
        "currency": scene.plan.currency,
        "goodsCsv": scene.plan.goods,
        "costsCsv": costs,
    });
    Aim::of_project(&scene.plan.owner, input)
}

/// All, a part, too much, too little or nothing of the room; by whoever has the money, mostly.
fn request(dice: &mut Dice, scene: &Scene<'_>) -> Option<Aim> {
    let round = scene.offering();
    let room = round.map_or(1_000, Offering::room);
    let least = round.map_or(1, |round| round.min_ticket_minor);
    let missing = round.map_or(0, |round| round.first_loss_minor - round.stake_minor);
    let is_stake = missing > 0 && dice.one_in(2) || dice.one_in(12);
    let usual = [
        (9, room),
        (4, room / 2),
        (2, room / 3 + least),
        (1, least),
        (1, room + 1),
        (1, least - 1),
        (1, 0),
    ];
    let mut minor = *dice.weighted(&usual)?;
    if is_stake && missing > 0 {
        minor = missing.min(room);
    }
    let rich: Vec<&String> = scene
        .plan
        .investors
        .iter()
        .filter(|name| scene.free(name) >= minor)
        .collect();
    let by = match (is_stake, dice.one(&rich)) {
        (true, _) => &scene.plan.owner,
        (false, Some(rich)) if !dice.one_in(10) => rich,
        (false, _) => dice.one(&scene.plan.investors)?,
    };
    let goods = round.and_then(|round| round.products_ticket_min_minor);
    let is_products = goods.is_some_and(|least| minor >= least && dice.one_in(2));
    let is_products = !is_stake && is_products || dice.one_in(25);
    let input = json!({
        "projectId": scene.project_id(),
        "amount": scene.money(minor),
        "type": if is_products { "PRODUCTS" } else { "PROFIT_ONLY" },
        "allowPartial": dice.one_in(4),
        "joinWaitingList": room == 0 || dice.one_in(6),
    });
    Aim::new(by, input, PARTICIPATION)
}

fn decide(dice: &mut Dice, scene: &Scene<'_>) -> Option<Aim> {
    let mut decisions: Vec<_> = open(scene)
        .iter()
        .filter(|one| one.state == "REQUESTED")
        .map(|one| {
            let id = one.participation_id;
            if dice.one_in(8) {
                json!({ "participationId": id, "decision": "REJECT", "reason": "Full." })
            } else {
                json!({ "participationId": id, "decision": "APPROVE" })
            }
        })
        .collect();
    if decisions.is_empty() {
        let id = one_of(dice, scene, &[]);
        decisions.push(json!({ "participationId": id, "decision": "APPROVE" }));
    }
    let input = json!({ "projectId": scene.project_id(), "decisions": decisions });
    let wanted = "decided { participationId participation { state } \
                  refusal { code message args { name value } } }";
    Aim::new(&scene.plan.owner, input, wanted)
}

fn participations<'a>(scene: &Scene<'a>) -> impl Iterator<Item = &'a Participation> {
    scene
        .offering()
        .into_iter()
        .flat_map(|round| &round.participations)
}

/// What the owner can decide about.
fn held<'a>(scene: &Scene<'a>) -> Vec<&'a Participation> {
    participations(scene)
        .filter(|one| one.state == "REQUESTED" && one.funding == "HELD")
        .collect()
}

/// What may still be withdrawn.
fn open<'a>(scene: &Scene<'a>) -> Vec<&'a Participation> {
    participations(scene)
        .filter(|one| matches!(one.state.as_str(), "WAITLISTED" | "REQUESTED" | "APPROVED"))
        .collect()
}

/// What waits for its investor's renewal.
fn noticed<'a>(scene: &Scene<'a>) -> Vec<&'a Participation> {
    participations(scene)
        .filter(|one| one.notice_id.is_some())
        .collect()
}

fn one_of(dice: &mut Dice, scene: &Scene<'_>, some: &[&Participation]) -> String {
    match dice.one(some) {
        Some(one) => one.participation_id.to_string(),
        None => any_of(dice, scene)
            .map_or_else(|| dice.nobody(), |one| one.participation_id.to_string()),
    }
}

/// Any participation of the project, or now and then none.
fn any_of<'a>(dice: &mut Dice, scene: &Scene<'a>) -> Option<&'a Participation> {
    let all: Vec<_> = participations(scene).collect();
    dice.one(&all).copied().filter(|_| !dice.one_in(6))
}

/// The id of any participation of the project, or of none, and who may speak for it.
pub fn any(dice: &mut Dice, scene: &Scene<'_>) -> Option<(String, String)> {
    of_holder(any_of(dice, scene), dice, scene)
}

fn of_holder(
    one: Option<&Participation>,
    dice: &mut Dice,
    scene: &Scene<'_>,
) -> Option<(String, String)> {
    Some(match one {
        Some(one) => (
            one.participation_id.to_string(),
            scene.crowd.name(one.investor_id)?.to_owned(),
        ),
        None => (dice.nobody(), scene.plan.investors.first()?.clone()),
    })
}
