//! One walk: a project's life from its draft to its end, step by step, each drawn by chance.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use authz::Role;
use serde_json::Value;
use uuid::Uuid;

use super::super::api::Refused;
use super::command::{Aim, Command, Dice, Scene, next};
use super::crowd::Crowd;
use super::invariants::Paid;
use super::plan::Plan;
use super::world::{Books, World};

/// What is asked for in one's own name alone, or has others who may: nobody is the wrong person.
const FOR_ANYBODY: &[&str] = &[
    "createProject",
    "requestParticipation",
    "handOverGoods",
    "submitKyc",
    "setPayoutAccount",
    "requestPayout",
];
/// A walk that has not ended after so many steps never will.
const STEPS_MAX: usize = 250;
/// Steps after the end, most of them refused.
const EPILOGUE: usize = 2;
const PATIENCE: Duration = Duration::from_mins(1);

/// One project's walk.
pub struct Walk {
    /// Its number in the run.
    pub number: u64,
    /// Its project, once there is one.
    pub id: Option<Uuid>,
    /// What it has done, for the reader of a failure.
    pub log: Vec<String>,
    /// So many steps.
    pub steps: usize,
    /// Whether its project had come to its end, and since how many steps.
    pub ended: Option<usize>,
    /// What it paid for its project at the bank.
    pub paid: Paid,
    plan: Plan,
    dice: Dice,
    terms_set: u32,
}

/// What came of a step.
pub struct Made {
    /// Which command.
    pub command: &'static Command,
    /// Where the project stood.
    pub stood: String,
    /// Where the project must stand for it; empty where that does not matter.
    pub done_in: &'static [&'static str],
    /// By somebody who may not, or with what may not be asked.
    pub forbidden: bool,
    /// Nothing, or the rule's no.
    pub refused: Option<Refused>,
    /// What the bank's balance changed by.
    pub bank: Option<(String, i64)>,
}

impl Walk {
    /// Before its first step.
    pub fn begin(seed: u64, number: u64, crowd: &Crowd) -> Self {
        let mut dice = Dice::new(seed, number);
        let plan = Plan::draw(&mut dice, crowd);
        Self {
            number,
            id: None,
            log: Vec::new(),
            steps: 0,
            ended: None,
            paid: Paid::default(),
            plan,
            dice,
            terms_set: 0,
        }
    }

    /// Whether its project came to its end some steps ago, and nothing is left in its escrow.
    pub fn is_over(&mut self, world: &World) -> bool {
        let Some(id) = self.id else { return false };
        let had_round = world.offerings.contains_key(&id);
        let ended = world.projects.get(&id);
        let over = ended.is_some_and(|project| project.is_over(had_round))
            && !world.books.get(&id).is_some_and(Books::has_left);
        if over && self.ended.is_none() {
            self.ended = Some(self.steps);
        }
        over && self.ended.is_some_and(|at| self.steps >= at + EPILOGUE)
    }

    /// Makes a step; nothing where chance asks for what nobody can.
    pub async fn step(&mut self, world: &World, crowd: &Crowd) -> anyhow::Result<Option<Made>> {
        if self.steps >= STEPS_MAX {
            bail!("it does not end");
        }
        self.steps += 1;
        let scene = Scene {
            plan: &self.plan,
            id: self.id,
            terms_set: self.terms_set,
            steps: self.steps,
            tag: format!("W{}-{}", self.number, self.steps),
            world,
            crowd,
        };
        let stood = scene.stand().to_owned();
        let Some((command, mut aim)) = next(&mut self.dice, &scene) else {
            return Ok(None);
        };
        if !FOR_ANYBODY.contains(&command.name) && self.dice.one_in(16) {
            let others = [Role::Investor, Role::Owner].map(|role| crowd.all(role));
            let is_other = |name: &String| *name != aim.by && *name != self.plan.owner;
            let others: Vec<_> = others.into_iter().flatten().filter(is_other).collect();
            aim.by = self.dice.one(&others).context("nobody else")?.clone();
            aim.forbidden = true;
        }
        if command.name == "requestParticipation" {
            sign(&mut aim, crowd).await?;
        }
        aim.input["idempotencyKey"] = scene.tag.clone().into();
        let again = self.dice.one_in(10);
        let mut line = format!(
            "{} {stood} {}: {} {}",
            scene.tag, aim.by, command.name, aim.input
        );
        let answer = act(command, &aim, crowd)
            .await
            .with_context(|| line.clone())?;
        match &answer {
            Ok(_) => line.push_str(" -> done"),
            Err(refused) => write!(line, " -> {refused}").expect("memory"),
        }
        self.log.push(line);
        if let Ok(payload) = &answer {
            if again {
                match act(command, &aim, crowd).await? {
                    Ok(repeated) if ids(&repeated) == ids(payload) => {}
                    Ok(repeated) => bail!("repeated with its key, it is another: {repeated}"),
                    Err(refused) => bail!("repeated with its key, it was refused: {refused}"),
                }
            }
            self.note(command.name, payload)?;
            let minor = aim.bank.as_ref().map_or(0, |(_, minor)| *minor);
            match command.name {
                "payDisbursement" => self.paid.costs -= minor,
                "recordRecovery" => self.paid.recovered += minor,
                "matchProceeds" => self.paid.receipts += minor,
                _ => {}
            }
        }
        Ok(Some(Made {
            command,
            stood,
            done_in: aim.done_in.unwrap_or(command.done_in),
            forbidden: aim.forbidden,
            bank: aim.bank.filter(|_| answer.is_ok()),
            refused: answer.err(),
        }))
    }

    fn note(&mut self, name: &str, payload: &Value) -> anyhow::Result<()> {
        match name {
            "createProject" => {
                let id = payload["project"]["projectId"].as_str();
                self.id = Some(id.context("a project without an id")?.parse()?);
            }
            "setTerms" => self.terms_set += 1,
            _ => {}
        }
        Ok(())
    }
}

/// The agreement that goes with a request; without a round there is none, and the request is
/// refused for that.
async fn sign(aim: &mut Aim, crowd: &Crowd) -> anyhow::Result<()> {
    let input = &aim.input;
    let (project, kind) = (&input["projectId"], &input["type"]);
    let (amount, currency) = (&input["amount"]["amount"], &input["amount"]["currency"]);
    let query = format!(
        "{{ participationAgreement(projectId: {project}, type: {}, amount: {{ amount: {amount}, \
         currency: {currency} }}) {{ version sha256 }} }}",
        kind.as_str().unwrap_or_default()
    );
    let token = crowd.token(&aim.by)?;
    let text = crowd
        .api
        .ask(token, "participationAgreement", &query)
        .await?;
    let or_none = |value: &Value, none: &str| value.as_str().unwrap_or(none).to_owned();
    aim.input["agreementVersion"] = or_none(&text["version"], "none").into();
    aim.input["agreementHash"] = or_none(&text["sha256"], &"0".repeat(64)).into();
    Ok(())
}

/// Asks until there is an answer: what passes, such as a platform that is just being stopped, is
/// asked again with the same key.
async fn act(
    command: &Command,
    aim: &Aim,
    crowd: &Crowd,
) -> anyhow::Result<Result<Value, Refused>> {
    let begun = Instant::now();
    let token = crowd.token(&aim.by)?;
    loop {
        let answer = crowd
            .api
            .act(token, command.name, aim.input.clone(), aim.wanted)
            .await;
        let passes = match &answer {
            Ok(Err(refused)) => refused.code == "conflict",
            Ok(Ok(_)) => false,
            Err(error) => format!("{error:#}").contains("\"retryable\":true"),
        };
        if !passes || begun.elapsed() > PATIENCE {
            return answer.map(|answer| answer.and_then(none_decided));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Where each of several decisions was refused, the whole was.
fn none_decided(payload: Value) -> Result<Value, Refused> {
    let decided = payload["decided"].as_array().into_iter().flatten();
    let refused: Option<Vec<_>> = decided.map(|one| Refused::read(&one["refusal"])).collect();
    match refused.and_then(|all| all.into_iter().next()) {
        Some(refused) => Err(refused),
        None => Ok(payload),
    }
}

/// Every id that an answer names.
fn ids(payload: &Value) -> Vec<&Value> {
    let named = payload.as_object().into_iter().flatten();
    let each = named.flat_map(|(name, value)| {
        if name.ends_with("Id") {
            vec![value]
        } else {
            ids(value)
        }
    });
    each.collect()
}

/// A rule's no says where the project stands and what would be possible there.
pub fn says_states(refused: &Refused, state: &str) -> Result<(), String> {
    let needs: &[&str] = match refused.code.as_str() {
        "illegal_transition" => &["from", "to", "needs", "possible"],
        "wrong_state" | "not_in_execution" | "terms_immutable" => &["state", "needs"],
        "not_yours_to_cancel" => &["state", "who"],
        _ => return Ok(()),
    };
    let named = refused.arg("from").or(refused.arg("state"));
    if named != Some(state) || needs.iter().any(|need| refused.arg(need).is_none()) {
        return Err(format!(
            "it names {named:?}, and the project is {state}: {refused}"
        ));
    }
    let wanted = refused.arg("needs").unwrap_or_default();
    if wanted.split(", ").any(|one| one == state) {
        return Err(format!("the project is where it must be: {refused}"));
    }
    Ok(())
}

/// The last steps, for the reader.
pub fn shown(log: &[String], last: usize) -> impl Iterator<Item = &str> {
    log[log.len().saturating_sub(last)..]
        .iter()
        .map(String::as_str)
}
