//! Every command of docs/domain.md §2, §3 and §5: who gives it, while a project is in which states,
//! and what is asked with it.

use std::str::FromStr as _;

use money::{Currency, Money};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};
use uuid::Uuid;

use super::crowd::Crowd;
use super::plan::Plan;
use super::world::{Books, Offering, Project, World};
use super::{execution, funding, money_matters};

/// A command as the walks know it.
pub struct Command {
    /// As the API calls it.
    pub name: &'static str,
    /// Where a project must stand; empty where that does not matter.
    pub done_in: &'static [&'static str],
    /// How much it is called for now; 0 where it leads nowhere.
    pub urge: fn(&Scene<'_>) -> u32,
    /// Who asks for what; nothing where nobody can even ask.
    pub aim: fn(&mut Dice, &Scene<'_>) -> Option<Aim>,
}

/// Somebody's wish.
#[derive(Clone, Debug)]
pub struct Aim {
    /// In whose name.
    pub by: String,
    /// What is asked, but for its key.
    pub input: Value,
    /// What is selected of the answer.
    pub wanted: &'static str,
    /// What the bank's balance changes by when it is done, in minor units of a currency.
    pub bank: Option<(String, i64)>,
    /// Where the project must stand for it, when that is narrower than for the command.
    pub done_in: Option<&'static [&'static str]>,
    /// Whether it may not be done at all, by this person or with this input.
    pub forbidden: bool,
}

impl Aim {
    /// Of the project's state.
    pub fn of_project(by: &str, input: Value) -> Option<Self> {
        Self::new(by, input, "project { projectId state }")
    }

    /// Any.
    #[expect(
        clippy::unnecessary_wraps,
        reason = "others of the table may have nobody to ask"
    )]
    pub fn new(by: &str, input: Value, wanted: &'static str) -> Option<Self> {
        Some(Self {
            by: by.to_owned(),
            input,
            wanted,
            bank: None,
            done_in: None,
            forbidden: false,
        })
    }
}

/// What one walk sees before its step.
pub struct Scene<'a> {
    /// What it set out to do.
    pub plan: &'a Plan,
    /// Its project, once there is one.
    pub id: Option<Uuid>,
    /// Terms that were taken.
    pub terms_set: u32,
    /// So many steps were made.
    pub steps: usize,
    /// A name that no other step has.
    pub tag: String,
    /// Everything else.
    pub world: &'a World,
    /// Everybody.
    pub crowd: &'a Crowd,
}

impl<'a> Scene<'a> {
    /// The project as Projects has it.
    pub fn project(&self) -> Option<&'a Project> {
        self.world.projects.get(&self.id?)
    }

    /// Its round.
    pub fn offering(&self) -> Option<&'a Offering> {
        self.world.offerings.get(&self.id?)
    }

    /// Its books.
    pub fn books(&self) -> Option<&'a Books> {
        self.world.books.get(&self.id?)
    }

    /// Where it stands; nothing before it is there.
    pub fn state(&self) -> &'a str {
        self.project().map_or("NONE", |project| &project.state)
    }

    /// The same, with how far the liquidation of a cancelled one is.
    pub fn stand(&self) -> &'a str {
        self.project().map_or("NONE", Project::stand)
    }

    /// Whether a run has left something to share out, or something came after the last one.
    pub fn left_in_escrow(&self) -> bool {
        self.books().is_some_and(Books::has_left)
    }

    /// Whether goods move and money comes in.
    pub fn at_work(&self) -> bool {
        self.state() == "IN_EXECUTION" || self.in_liquidation()
    }

    /// Whether it was cancelled in execution.
    pub fn in_liquidation(&self) -> bool {
        self.stand() == "LIQUIDATING"
    }

    /// The project's id, or one that nothing has.
    pub fn project_id(&self) -> String {
        self.id.unwrap_or_default().to_string()
    }

    /// An amount in the project's currency as the API takes it.
    pub fn money(&self, minor: i64) -> Value {
        money(&self.plan.currency, minor)
    }

    /// Free in somebody's wallet, in the project's currency.
    pub fn free(&self, name: &str) -> i64 {
        let key = (self.crowd.user(name), self.plan.currency.clone());
        self.world.wallets.get(&key).copied().unwrap_or_default()
    }

    /// Whose wallet has less than the project may take of it.
    pub fn poor(&self) -> Option<&'a str> {
        let enough = self
            .project()
            .and_then(|project| project.goal_minor)
            .unwrap_or(1_000_000);
        let mut all = self.plan.investors.iter().chain([&self.plan.owner]);
        all.find(|name| self.free(name) < enough / 2)
            .map(String::as_str)
    }

    /// Whose identity is not verified, of those who take part.
    pub fn unverified(&self) -> Option<&'a str> {
        let mut all = self.plan.investors.iter().chain([&self.plan.owner]);
        let user = |name: &&String| self.world.unverified.contains(&self.crowd.user(name));
        all.find(user).map(String::as_str)
    }
}

/// An amount as the API takes it.
pub fn money(currency: &str, minor: i64) -> Value {
    let known = Currency::from_str(currency).ok();
    let money = known.and_then(|currency| Money::try_new(minor, currency).ok());
    let amount = money.map_or_else(|| "0".to_owned(), |money| money.to_string());
    json!({ "amount": amount, "currency": currency })
}

/// Chance that is the same for the same seed.
pub struct Dice(StdRng);

impl Dice {
    /// Of one walk of one run.
    pub fn new(seed: u64, walk: u64) -> Self {
        Self(StdRng::seed_from_u64(
            seed.wrapping_mul(1_000_003).wrapping_add(walk),
        ))
    }

    /// Once in so many times.
    pub fn one_in(&mut self, times: u32) -> bool {
        self.0.random_ratio(1, times)
    }

    /// Any of these.
    pub fn range(&mut self, from: i64, to: i64) -> i64 {
        self.0.random_range(from..=to.max(from))
    }

    /// One of these; nothing where there is none.
    pub fn one<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        let last = of.len().checked_sub(1)?;
        of.get(self.0.random_range(0..=last))
    }

    /// One of these, each as often as its weight says.
    pub fn weighted<'a, T>(&mut self, of: &'a [(u32, T)]) -> Option<&'a T> {
        let all: u32 = of.iter().map(|(weight, _)| weight).sum();
        let mut at = self.0.random_range(0..all.max(1));
        of.iter()
            .find_map(|(weight, one)| match at.checked_sub(*weight) {
                Some(rest) => {
                    at = rest;
                    None
                }
                None => Some(one),
            })
    }

    /// An id that nothing has.
    pub fn nobody(&mut self) -> String {
        Uuid::from_u128(self.0.random()).to_string()
    }
}

/// All of them.
pub fn all() -> impl Iterator<Item = &'static Command> {
    let chapters = [
        funding::COMMANDS,
        execution::COMMANDS,
        money_matters::COMMANDS,
    ];
    chapters.into_iter().flatten()
}

/// What is called for now, or sometimes anything at all: also what must be refused.
pub fn next(dice: &mut Dice, scene: &Scene<'_>) -> Option<(&'static Command, Aim)> {
    let wanted: Vec<_> = all()
        .map(|command| ((command.urge)(scene), command))
        .filter(|(urge, _)| *urge > 0)
        .collect();
    // Who waits for time to pass rests, mostly.
    if wanted.is_empty() && !dice.one_in(5) {
        return None;
    }
    let anything = wanted.is_empty() || dice.one_in(if scene.steps > 40 { 25 } else { 9 });
    let command = if anything {
        let all: Vec<_> = all().collect();
        *dice.one(&all)?
    } else {
        dice.weighted(&wanted)?
    };
    let aim = (command.aim)(dice, scene)?;
    Some((command, aim))
}
