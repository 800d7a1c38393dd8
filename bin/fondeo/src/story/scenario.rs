//! The scenario as it is written down: who takes part, and what happens when.

use std::collections::BTreeMap;

use anyhow::Context as _;
use authz::Role;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// The goods of the scenario's project.
pub const GOODS: &str = include_str!("../../../../examples/ningbo-home-goods.csv");
/// Its costs.
pub const COSTS: &str = include_str!("../../../../examples/ningbo-home-goods.costs.csv");

/// The stories that are built in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Name {
    /// From the first deposit to the last payout, with a profit.
    Settled,
    /// The deadline passes below the goal: everybody is refunded.
    Cancelled,
    /// Damage at sea, a withdrawal, an expired identity, a loss: liquidated.
    Rough,
}

impl Name {
    /// What is played.
    fn scenario(self) -> &'static str {
        match self {
            Self::Settled => include_str!("../../../../examples/story/settled.json"),
            Self::Cancelled => include_str!("../../../../examples/story/cancelled.json"),
            Self::Rough => include_str!("../../../../examples/story/rough.json"),
        }
    }

    /// Every figure that must come out, in JSON.
    pub fn golden(self) -> &'static str {
        match self {
            Self::Settled => include_str!("../../../../examples/story/settled.golden.json"),
            Self::Cancelled => include_str!("../../../../examples/story/cancelled.golden.json"),
            Self::Rough => include_str!("../../../../examples/story/rough.golden.json"),
        }
    }
}

/// A whole story.
#[derive(Debug, Deserialize)]
pub struct Scenario {
    /// The currency of every amount.
    pub currency: String,
    /// What is imported.
    pub project: Project,
    /// The project's terms, by their names in the contracts.
    pub terms: BTreeMap<String, Value>,
    /// Everybody.
    pub cast: Vec<Person>,
    /// What happens, in order.
    pub steps: Vec<Step>,
}

/// The project, beside its two sheets.
#[derive(Debug, Deserialize)]
pub struct Project {
    /// Its name.
    pub name: String,
    /// Whose law.
    pub jurisdiction: String,
    /// What investors are told.
    pub risk_text: String,
}

/// Somebody.
#[derive(Clone, Debug, Deserialize)]
pub struct Person {
    /// The name in the scenario.
    pub id: String,
    /// The whole name.
    pub name: String,
    /// The address before the `@`.
    pub email: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// `es` or `en`.
    pub language: String,
    /// What the person is here.
    #[serde(deserialize_with = "roles")]
    pub roles: Vec<Role>,
}

impl Person {
    /// Whether the platform brings this person: nobody registers as one of these.
    pub fn is_staff(&self) -> bool {
        let is_staff = |role: &Role| matches!(role, Role::Admin | Role::Treasurer | Role::Auditor);
        self.roles.iter().any(is_staff)
    }

    /// Whether the person puts money up.
    pub fn has_wallet(&self) -> bool {
        let has_wallet = |role: &Role| matches!(role, Role::Owner | Role::Investor);
        self.roles.iter().any(has_wallet)
    }
}

/// One step.
#[derive(Clone, Debug, Deserialize)]
pub struct Step {
    /// Hours of business time after the beginning.
    pub at_hours: i64,
    /// What happens.
    #[serde(flatten)]
    pub action: Action,
}

/// What can happen. `by` and the other names are of the cast.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Action {
    Verify {
        by: String,
        people: Vec<String>,
    },
    Deposit {
        by: String,
        person: String,
        amount: String,
        bank_reference: String,
    },
    CreateProject {
        by: String,
    },
    Publish {
        by: String,
    },
    OpenFunding {
        by: String,
    },
    Request(Request),
    Approve {
        by: String,
        request: String,
    },
    Reject {
        by: String,
        request: String,
        reason: String,
    },
    Stake(Stake),
    JoinWaitingList(Waiting),
    Withdraw {
        by: String,
        request: String,
    },
    AwaitPromoted {
        by: String,
        request: String,
    },
    AwaitExpired {
        by: String,
        request: String,
    },
    AwaitCancelled,
    AwaitSeal,
    ApproveProject {
        by: String,
    },
    StartExecution {
        by: String,
    },
    Disburse(Disburse),
    Advance {
        by: String,
        amount: String,
    },
    Receive {
        by: String,
        counted: BTreeMap<String, i64>,
        note: String,
    },
    HandOver {
        by: String,
        request: String,
    },
    AwaitLapsed {
        by: String,
        request: String,
    },
    Cancel {
        by: String,
        reason: String,
    },
    Sell(Sell),
    Recover {
        by: String,
        line: String,
        amount: String,
        bank_reference: String,
    },
    WriteOff {
        by: String,
        agreed_by: String,
        sku: String,
        units: i64,
        reason: String,
    },
    BuyBack(BuyBack),
    Complete {
        by: String,
        confirmed_by: String,
    },
    ProposeRun {
        by: String,
    },
    ApproveRun {
        by: String,
    },
    Payout {
        by: String,
        amount: String,
        account: String,
    },
    ConfirmPayout {
        by: String,
        agreed_by: Option<String>,
        person: String,
        bank_reference: String,
    },
}

/// An investor asks for a share.
#[derive(Clone, Debug, Deserialize)]
pub struct Request {
    pub id: String,
    pub by: String,
    pub r#type: String,
    pub amount: String,
    pub key: String,
}

/// The owner's own part.
#[derive(Clone, Debug, Deserialize)]
pub struct Stake {
    pub id: String,
    pub by: String,
    pub amount: String,
    pub key: String,
}

/// An investor waits for room in a full offering.
#[derive(Clone, Debug, Deserialize)]
pub struct Waiting {
    pub id: String,
    pub by: String,
    pub r#type: String,
    pub amount: String,
    pub key: String,
    #[serde(default)]
    pub allow_partial: bool,
}

/// A cost is paid out of escrow.
#[derive(Clone, Debug, Deserialize)]
pub struct Disburse {
    pub id: String,
    pub by: String,
    pub paid_by: String,
    pub agreed_by: Option<String>,
    pub line: String,
    pub payee: String,
    pub invoice: String,
    pub amount: String,
}

/// Goods are sold, and the money comes in.
#[derive(Clone, Debug, Deserialize)]
pub struct Sell {
    pub id: String,
    pub by: String,
    pub matched_by: String,
    pub buyer: String,
    pub bank_reference: String,
    pub lines: Vec<SaleLine>,
}

/// One product of a sale.
#[derive(Clone, Debug, Deserialize)]
pub struct SaleLine {
    pub sku: String,
    pub units: i64,
    pub net: String,
}

/// The owner buys what was not sold.
#[derive(Clone, Debug, Deserialize)]
pub struct BuyBack {
    pub id: String,
    pub by: String,
    pub agreed_by: String,
    pub matched_by: String,
    pub sku: String,
    pub units: i64,
    pub bank_reference: String,
}

impl Scenario {
    /// One that is built in.
    pub fn read(name: Name) -> anyhow::Result<Self> {
        serde_json::from_str(name.scenario()).context("the scenario")
    }

    /// The project's end is a run of the escrow: it was funded.
    pub fn has_run(&self) -> bool {
        let is_run = |step: &Step| matches!(step.action, Action::ApproveRun { .. });
        self.steps.iter().any(is_run)
    }
}

impl Action {
    /// Its word in the scenario, and what it is about: as the golden file names both.
    pub fn name(&self) -> (&'static str, &str) {
        match self {
            Self::Verify { by, .. } => ("verify", by),
            Self::Deposit { bank_reference, .. } => ("deposit", bank_reference),
            Self::CreateProject { by } => ("create_project", by),
            Self::Publish { by } => ("publish", by),
            Self::OpenFunding { by } => ("open_funding", by),
            Self::Request(request) => ("request", &request.id),
            Self::Approve { request, .. } => ("approve", request),
            Self::Reject { request, .. } => ("reject", request),
            Self::Stake(stake) => ("stake", &stake.id),
            Self::JoinWaitingList(waiting) => ("join_waiting_list", &waiting.id),
            Self::Withdraw { request, .. } => ("withdraw", request),
            Self::AwaitPromoted { request, .. } => ("await_promoted", request),
            Self::AwaitExpired { request, .. } => ("await_expired", request),
            Self::AwaitCancelled => ("await_cancelled", ""),
            Self::AwaitSeal => ("await_seal", ""),
            Self::ApproveProject { by } => ("approve_project", by),
            Self::StartExecution { by } => ("start_execution", by),
            Self::Disburse(disburse) => ("disburse", &disburse.id),
            Self::Advance { by, .. } => ("advance", by),
            Self::Receive { by, .. } => ("receive", by),
            Self::HandOver { request, .. } => ("hand_over", request),
            Self::AwaitLapsed { request, .. } => ("await_lapsed", request),
            Self::Cancel { by, .. } => ("cancel", by),
            Self::Sell(sell) => ("sell", &sell.id),
            Self::Recover { bank_reference, .. } => ("recover", bank_reference),
            Self::WriteOff { by, .. } => ("write_off", by),
            Self::BuyBack(buy_back) => ("buy_back", &buy_back.id),
            Self::Complete { by, .. } => ("complete", by),
            Self::ProposeRun { by } => ("propose_run", by),
            Self::ApproveRun { by } => ("approve_run", by),
            Self::Payout { by, .. } => ("payout", by),
            Self::ConfirmPayout { bank_reference, .. } => ("confirm_payout", bank_reference),
        }
    }
}

fn roles<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Role>, D::Error> {
    let names = Vec::<String>::deserialize(from)?;
    names
        .iter()
        .map(|name| name.parse().map_err(serde::de::Error::custom))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scenarios_are_read_whole() {
        for (name, steps) in [
            (Name::Settled, 62),
            (Name::Cancelled, 28),
            (Name::Rough, 60),
        ] {
            let scenario = Scenario::read(name).expect("good");
            assert_eq!(scenario.steps.len(), steps);
            let staff = scenario.cast.iter().filter(|person| person.is_staff());
            assert_eq!(staff.count(), 3);
        }
    }
}
