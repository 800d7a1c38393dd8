//! The house rules as programs: `cargo xtask <command>`, run by `make check`.

mod arch;
mod events;
mod manifest;
mod paths;
mod source;
mod tidy;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use source::Violation;

/// Wherever it is called from.
const HOUSE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The house rules as programs.
#[derive(Parser)]
struct Xtask {
    /// The workspace to look at; this one when not given.
    #[arg(long, global = true, default_value = HOUSE, hide_default_value = true)]
    root: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Who may know whom: the tiers between crates and the layers inside a service.
    Arch,
    /// What a file may look like: sizes, names, mappers, forbidden words.
    Tidy,
    /// What happens and who acts on it: docs/events.md against contracts and consumers.
    Events {
        /// Writes the page anew.
        #[arg(long)]
        rewrite: bool,
    },
}

fn main() -> anyhow::Result<ExitCode> {
    let Xtask { root, command } = Xtask::parse();
    match command {
        Command::Arch => Ok(report("arch", arch::check(&root)?)),
        Command::Tidy => Ok(report("tidy", tidy::check(&root)?)),
        Command::Events { rewrite } => Ok(report("events", events::check(&root, rewrite)?)),
    }
}

fn report(rule: &str, mut violations: Vec<Violation>) -> ExitCode {
    violations.sort();
    for violation in &violations {
        println!("{violation}");
    }
    match violations.len() {
        0 => {
            println!("{rule}: clean");
            ExitCode::SUCCESS
        }
        count => {
            println!("{rule}: {count} to mend");
            ExitCode::FAILURE
        }
    }
}
