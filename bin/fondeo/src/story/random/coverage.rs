//! What a run has seen: so that one sees that it was no empty one.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::command;
use super::walk::Made;
use super::world::World;

/// Every state that there is, to be reached by a run of this many walks at least.
const WALKS: u64 = 100;
const PROJECTS: &[&str] = &[
    "DRAFT",
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
const PARTICIPATIONS: &[&str] = &[
    "WAITLISTED",
    "REQUESTED",
    "APPROVED",
    "ACTIVE",
    "SETTLED",
    "LIQUIDATED",
    "REJECTED",
    "WITHDRAWN",
    "EXPIRED",
    "REFUNDED",
];
const RUNS: &[&str] = &["INTERIM", "FINAL", "ADJUSTMENT", "LIQUIDATION"];

/// By command and by state.
#[derive(Default)]
pub struct Coverage {
    commands: BTreeMap<&'static str, Counted>,
    projects: BTreeSet<String>,
    participations: BTreeSet<String>,
    runs: BTreeSet<String>,
}

#[derive(Default)]
struct Counted {
    accepted: usize,
    /// By the rule's code.
    refused: BTreeMap<String, usize>,
}

impl Coverage {
    /// A step.
    pub fn made(&mut self, made: &Made) {
        let counted = self.commands.entry(made.command.name).or_default();
        match &made.refused {
            None => counted.accepted += 1,
            Some(refused) => *counted.refused.entry(refused.code.clone()).or_default() += 1,
        }
    }

    /// The states after a round.
    pub fn seen(&mut self, world: &World) {
        for project in world.projects.values() {
            self.projects.insert(project.stand().to_owned());
        }
        for one in world
            .offerings
            .values()
            .flat_map(|round| &round.participations)
        {
            self.participations.insert(one.state.clone());
        }
        let runs = world.books.values().flat_map(|books| &books.runs);
        for run in runs.filter(|run| run.state == "POSTED") {
            self.runs.insert(run.kind.clone());
        }
    }

    /// A state that lasts for a moment only, as the record tells.
    pub fn passed(&mut self, state: &str) {
        self.projects.insert(state.to_owned());
    }

    /// What a run of so many walks should have seen and has not.
    pub fn missing(&self, walks: u64) -> Vec<String> {
        if walks < WALKS {
            return Vec::new();
        }
        let mut missing = Vec::new();
        let wanted = [
            ("no project was", PROJECTS, &self.projects),
            ("no participation was", PARTICIPATIONS, &self.participations),
            ("no run was", RUNS, &self.runs),
        ];
        for (what, states, seen) in wanted {
            let never = states.iter().filter(|state| !seen.contains(**state));
            missing.extend(never.map(|state| format!("{what} {state}")));
        }
        for command in command::all() {
            let counted = self.commands.get(command.name);
            if counted.is_none_or(|counted| counted.accepted == 0) {
                missing.push(format!("{} was never done", command.name));
            }
            // Not by the door, nor because there is nothing of that id: by a rule.
            let is_rule = |code: &String| code != "forbidden" && !code.starts_with("no_such_");
            let by_rule = counted.is_some_and(|counted| counted.refused.keys().any(is_rule));
            if !command.done_in.is_empty() && !by_rule {
                missing.push(format!("{} was never refused", command.name));
            }
        }
        missing
    }

    /// For the reader.
    pub fn table(&self) -> String {
        let mut text = format!(
            "{:<24}{:>7}{:>9}  by these rules\n",
            "command", "done", "refused"
        );
        for (name, counted) in &self.commands {
            let refused: usize = counted.refused.values().sum();
            let mut codes: Vec<_> = counted.refused.iter().collect();
            codes.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
            let codes: Vec<_> = codes
                .iter()
                .map(|(code, count)| format!("{code} {count}"))
                .collect();
            let (done, codes) = (counted.accepted, codes.join(", "));
            writeln!(text, "{name:<24}{done:>7}{refused:>9}  {codes}").expect("memory");
        }
        for (what, seen) in [
            ("projects", &self.projects),
            ("participations", &self.participations),
            ("posted runs", &self.runs),
        ] {
            let names: Vec<_> = seen.iter().cloned().collect();
            writeln!(text, "{what} were seen {}", names.join(", ")).expect("memory");
        }
        text
    }
}
