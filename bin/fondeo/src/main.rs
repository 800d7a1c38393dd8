//! `fondeo`: the one program of the platform.

mod cost;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Collective investment in import projects: every cent and every unit of goods can be traced.
#[derive(Parser)]
#[command(version, about, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// The landed cost of a sheet, offline: what every product costs when it is on the shelf
    Cost(cost::CostArgs),
}

const EXAMPLES: &str = "Try it on a real container:
  fondeo cost examples/ningbo-home-goods.csv \\
    --costs examples/ningbo-home-goods.costs.csv --currency USD --margin-pct 30";

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Cost(args) => cost::run(&args),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}
