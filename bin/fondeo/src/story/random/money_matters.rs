//! The commands that belong to no project: money at the bank, identities, payouts.

use serde_json::{Value, json};

use super::command::{Aim, Command, Dice, Scene};
use super::crowd::{ADMINS, TREASURER, first_reference};
use super::world::{Deposit, Payout};

const DEPOSIT: &str = "deposit { transferId }";
const PAYOUT: &str = "payout { payoutId state }";
const PROFILE: &str = "profile { kycState }";

/// For everybody's money.
pub const COMMANDS: &[Command] = &[
    Command {
        name: "bookDeposit",
        done_in: &[],
        urge: |scene| if scene.poor().is_some() { 2 } else { 0 },
        aim: |dice, scene| {
            let who = scene.poor().map_or(scene.plan.owner.as_str(), |poor| poor);
            let minor = dice.range(0, 3_000_000);
            let user = scene.crowd.user(who).to_string();
            let input = json!({ "userId": user, "amount": scene.money(minor) });
            receipt(dice, scene, (input, minor), "balance { minor }")
        },
    },
    Command {
        name: "bookUnmatchedDeposit",
        done_in: &[],
        urge: |_| 0,
        aim: |dice, scene| {
            let minor = dice.range(0, 50_000);
            let input = json!({ "amount": scene.money(minor), "note": "For the project" });
            receipt(dice, scene, (input, minor), DEPOSIT)
        },
    },
    Command {
        name: "matchDeposit",
        done_in: &[],
        // All walks see the same deposits: seldom, or they only meet.
        urge: |scene| {
            let waits = scene.world.deposits.iter().any(|one| one.in_suspense);
            u32::from(waits && scene.steps % 8 == 0)
        },
        aim: |dice, scene| {
            let id = deposit(dice, scene).map(|one| one.transfer_id.to_string());
            let id = id.unwrap_or_else(|| dice.nobody());
            let user = scene
                .crowd
                .user(dice.one(&scene.plan.investors)?)
                .to_string();
            Aim::new(
                TREASURER,
                json!({ "transferId": id, "userId": user }),
                DEPOSIT,
            )
        },
    },
    Command {
        name: "returnDeposit",
        done_in: &[],
        urge: |_| 0,
        aim: |dice, scene| {
            let one = deposit(dice, scene);
            let id = one
                .as_ref()
                .map_or_else(|| dice.nobody(), |one| one.transfer_id.to_string());
            let input =
                json!({ "transferId": id, "reason": "Not ours.", "bankReference": scene.tag });
            let mut aim = Aim::new(TREASURER, input, DEPOSIT)?;
            aim.bank = one.map(|one| (one.currency, -one.amount));
            Some(aim)
        },
    },
    Command {
        name: "setPayoutAccount",
        done_in: &[],
        urge: |_| 0,
        aim: |dice, scene| {
            let number = format!("{:03}-{:011}", dice.range(1, 2), dice.range(1, 3));
            Aim::new(
                dice.one(&scene.plan.investors)?,
                json!({ "country": "CO", "number": number }),
                "account { masked }",
            )
        },
    },
    Command {
        name: "requestPayout",
        done_in: &[],
        urge: |scene| u32::from(matches!(scene.state(), "SETTLED" | "CANCELLED")),
        aim: |dice, scene| {
            let by = dice.one(&scene.plan.investors)?;
            let free = scene.free(by);
            let minor = *dice.weighted(&[(4, free / 9), (2, free / 2), (1, free + 1), (1, 0)])?;
            let minor = if minor > free {
                minor
            } else {
                minor.min(900_000)
            };
            Aim::new(by, json!({ "amount": scene.money(minor) }), PAYOUT)
        },
    },
    Command {
        name: "agreePayout",
        done_in: &[],
        urge: |scene| payouts(scene, |one| one.state == "REQUESTED" && one.needs_agreement),
        aim: |dice, scene| {
            let one = payout(dice, scene, |one| {
                one.state == "REQUESTED" && one.needs_agreement
            });
            let id = one.map_or_else(|| dice.nobody(), |one| one.payout_id.to_string());
            Aim::new(dice.one(&ADMINS)?, json!({ "payoutId": id }), PAYOUT)
        },
    },
    Command {
        name: "confirmPayout",
        done_in: &[],
        urge: |scene| payouts(scene, |one| one.state == "AGREED" || !one.needs_agreement),
        aim: |dice, scene| {
            let one = payout(dice, scene, |one| {
                one.state == "AGREED" || !one.needs_agreement
            });
            let id = one
                .as_ref()
                .map_or_else(|| dice.nobody(), |one| one.payout_id.to_string());
            let input = json!({ "payoutId": id, "bankReference": scene.tag });
            let mut aim = Aim::new(TREASURER, input, PAYOUT)?;
            aim.bank = one.map(|one| (one.currency, -one.amount));
            Some(aim)
        },
    },
    Command {
        name: "failPayout",
        done_in: &[],
        urge: |_| 0,
        aim: |dice, scene| {
            let one = payout(dice, scene, |_| true);
            let id = one.map_or_else(|| dice.nobody(), |one| one.payout_id.to_string());
            let input = json!({ "payoutId": id, "reason": "The bank said no." });
            Aim::new(TREASURER, input, PAYOUT)
        },
    },
    Command {
        name: "submitKyc",
        done_in: &[],
        urge: |scene| if scene.unverified().is_some() { 6 } else { 0 },
        aim: |dice, scene| {
            let by = match scene.unverified() {
                Some(unverified) => unverified,
                None => dice.one(&scene.plan.investors)?,
            };
            let input = json!({
                "fullName": "Somebody New",
                "country": "CO",
                "documentType": "NATIONAL_ID",
                "documentNumber": format!("CO-{by}"),
                "birthDate": "1985-03-14",
            });
            Aim::new(by, input, PROFILE)
        },
    },
    Command {
        name: "verifyKyc",
        done_in: &[],
        urge: |scene| if scene.unverified().is_some() { 6 } else { 0 },
        aim: |dice, scene| of_person(dice, scene, json!({})),
    },
    Command {
        name: "suspendKyc",
        done_in: &[],
        urge: |_| 0,
        aim: |dice, scene| of_person(dice, scene, json!({ "reason": "A paper is forged." })),
    },
];

/// At the bank, under a reference of its own; sometimes under one that was used.
fn receipt(
    dice: &mut Dice,
    scene: &Scene<'_>,
    (mut input, minor): (Value, i64),
    wanted: &'static str,
) -> Option<Aim> {
    let is_used = dice.one_in(15);
    input["bankReference"] = if is_used {
        first_reference(&scene.plan.owner, "USD").into()
    } else {
        scene.tag.clone().into()
    };
    let mut aim = Aim::new(TREASURER, input, wanted)?;
    aim.bank = Some((scene.plan.currency.clone(), minor));
    aim.forbidden = is_used;
    Some(aim)
}

fn of_person(dice: &mut Dice, scene: &Scene<'_>, mut input: Value) -> Option<Aim> {
    let who = match scene.unverified() {
        Some(unverified) => unverified,
        None => dice.one(&scene.plan.investors)?,
    };
    input["userId"] = scene.crowd.user(who).to_string().into();
    Aim::new(dice.one(&ADMINS)?, input, PROFILE)
}

fn deposit(dice: &mut Dice, scene: &Scene<'_>) -> Option<Deposit> {
    let waits: Vec<_> = scene
        .world
        .deposits
        .iter()
        .filter(|one| one.in_suspense)
        .collect();
    let one = match dice.one(&waits) {
        Some(one) if !dice.one_in(4) => Some(*one),
        _ => dice.one(&scene.world.deposits),
    };
    one.cloned()
}

fn payouts(scene: &Scene<'_>, is_so: impl Fn(&Payout) -> bool) -> u32 {
    let over = matches!(scene.state(), "SETTLED" | "CANCELLED");
    u32::from(over && scene.world.payouts.iter().any(is_so)) * 2
}

fn payout(dice: &mut Dice, scene: &Scene<'_>, is_so: impl Fn(&Payout) -> bool) -> Option<Payout> {
    let some: Vec<_> = scene
        .world
        .payouts
        .iter()
        .filter(|one| is_so(one))
        .collect();
    dice.one(&some).map(|one| (*one).clone())
}
