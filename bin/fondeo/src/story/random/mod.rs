//! `fondeo story --random`: many projects at once, each on a walk of its own through every command,
//! on a real platform whose time jumps and that is stopped and killed between its steps. After each
//! step of all of them everything that must always be true is looked for in the databases.

mod command;
mod coverage;
mod crowd;
mod execution;
mod funding;
mod invariants;
mod look;
mod money_matters;
mod plan;
mod run;
mod walk;
mod world;

pub use run::run;
