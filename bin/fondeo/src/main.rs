//! `fondeo`: the one program of the platform.

mod audit;
mod config;
mod cost;
mod crosscheck;
mod doctor;
mod platform;
mod progress;
mod story;
mod up;

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Parser, Subcommand};

use crate::config::{LogFormat, Settings};
use crate::platform::{DataFolder, Databases, PROGRAMS};

/// Collective investment in import projects: every cent and every unit of goods can be traced.
#[derive(Parser)]
#[command(version, about, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// The whole platform in this process, until Ctrl-C
    #[command(after_help = UP, after_long_help = format!("{UP}\n\n{}", config::help()))]
    Up(UpArgs),
    /// Some parts of the platform in this process; the others are found over mutual TLS
    #[command(after_help = SERVE, after_long_help = format!("{SERVE}\n\n{}", config::help()))]
    Serve(ServeArgs),
    /// Certificates for parts that stand apart
    #[command(subcommand)]
    Pki(PkiCommand),
    /// Makes or updates the databases, and stops
    #[command(after_help = MIGRATE)]
    Migrate(UpArgs),
    /// Plays an investment story from the first deposit to the last payout, checking every figure
    #[command(after_help = STORY)]
    Story(story::StoryArgs),
    /// An access token of one of a running demo's people, to try the API with
    #[command(after_help = SIGN_IN)]
    SignIn(story::SignInArgs),
    /// The landed cost of a sheet, offline: what every product costs when it is on the shelf
    #[command(after_help = COST)]
    Cost(cost::CostArgs),
    /// Looks at the record as an auditor does
    #[command(subcommand)]
    Audit(AuditCommand),
    /// What is missing on this machine, and how to get it
    #[command(after_help = DOCTOR)]
    Doctor(DoctorArgs),
}

#[derive(Subcommand)]
enum PkiCommand {
    /// Makes an authority of your own and a certificate for each part, for about a year
    Init(FolderArgs),
}

#[derive(Subcommand)]
enum AuditCommand {
    /// Recomputes every chain, checks every service's invariants and what they say of each other
    #[command(after_help = AUDIT)]
    Verify(FolderArgs),
}

/// Which platform is meant.
#[derive(Args, Clone)]
struct FolderArgs {
    /// A settings file; without it `fondeo.toml` where there is one
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The data folder
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// A demonstration: invented people, movable time, on this machine only
    #[arg(long)]
    demo: bool,
}

#[derive(Args)]
struct UpArgs {
    #[command(flatten)]
    folder: FolderArgs,
    /// Address and port of the listener
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
    /// The address that people use
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
}

#[derive(Args)]
struct ServeArgs {
    /// auth, users, projects, participation, accounting, notification, gateway
    #[arg(required = true, value_name = "PART")]
    parts: Vec<String>,
    #[command(flatten)]
    up: UpArgs,
}

#[derive(Args)]
struct DoctorArgs {
    #[command(flatten)]
    folder: FolderArgs,
    /// How much memory the running platform takes, instead of the checks
    #[arg(long)]
    usage: bool,
}

const EXAMPLES: &str = "Begin here:
  fondeo doctor        is everything there?
  fondeo up --demo     the platform with invented people to sign in as
  fondeo story         a whole investment, played and checked to the last cent
`fondeo COMMAND --help` shows examples of each.";
const UP: &str = "Examples:
  fondeo up --demo                            on http://127.0.0.1:8080, with people to sign in as
  fondeo up --data ./data --listen 127.0.0.1:9000
  FONDEO_AUTH_FIRST_ADMIN=me@example.com fondeo up --data ./data
  fondeo up --help                            (in full) lists every setting";
const SERVE: &str = "Examples (with `tenant`, `public_url` and `apart.database` set, see --help):
  fondeo pki init --data ./data               once; copy to each part its own files and ca.pem
  FONDEO_APART_OWNER=postgres://postgres@db fondeo migrate
  fondeo serve accounting --data ./accounting
  fondeo serve auth gateway --data ./front --listen 127.0.0.1:8080";
const MIGRATE: &str = "Examples:
  fondeo migrate --data ./data                before the new version goes up
  fondeo migrate --demo                       the demo's folder
  FONDEO_APART_OWNER=postgres://postgres@db fondeo migrate      on a server of your own";
const STORY: &str = "Examples:
  fondeo story                                on a platform of its own, thrown away after it
  fondeo story --json > played.json           every figure, as examples/story/settled.golden.json
  fondeo story --base-url http://127.0.0.1:8080     on a running demo, again and again";
const SIGN_IN: &str = "Examples:
  TOKEN=$(fondeo sign-in lucia.fernandez)     then: authorization: Bearer $TOKEN
  fondeo sign-in patricia.vargas --code       the code that the sign-in page asks her for
  fondeo sign-in patricia.vargas --base-url http://127.0.0.1:9000";
const COST: &str = "Try it on a real container:
  fondeo cost examples/ningbo-home-goods.csv \\
    --costs examples/ningbo-home-goods.costs.csv --currency USD --margin-pct 30";
const AUDIT: &str = "Examples:
  fondeo audit verify --demo                  the demo, running or not
  fondeo audit verify --data ./data           exit code 1 when anything does not fit";
const DOCTOR: &str = "Examples:
  fondeo doctor                               every check with what to do
  fondeo doctor --usage --demo                the memory of the running demo";

impl FolderArgs {
    fn settings(&self, more: &[(&'static str, Option<String>)]) -> anyhow::Result<Settings> {
        let data = self.data.as_ref().map(|data| data.display().to_string());
        let demo = self.demo.then(|| "true".to_owned());
        let flags: Vec<(&str, String)> = [("data", data), ("demo", demo)]
            .into_iter()
            .chain(more.iter().cloned())
            .filter_map(|(key, value)| Some((key, value?)))
            .collect();
        Ok(Settings::load(self.config.as_deref(), &flags)?)
    }
}

impl UpArgs {
    fn settings(&self) -> anyhow::Result<Settings> {
        self.folder.settings(&[
            ("listen", self.listen.clone()),
            ("public_url", self.public_url.clone()),
        ])
    }
}

fn main() -> ExitCode {
    run(Cli::parse().command).unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Cost(args) => cost::run(&args),
        Command::Up(args) => {
            let settings = args.settings()?;
            with_log(&settings)?;
            runtime()?.block_on(up::run(&settings))
        }
        Command::Serve(args) => {
            let settings = args.up.settings()?;
            let parts = platform::parts(&args.parts)?;
            with_log(&settings)?;
            runtime()?.block_on(up::serve(&settings, &parts))
        }
        Command::Pki(PkiCommand::Init(args)) => {
            let folder = args.settings(&[])?.apart.pki;
            link::pki::make(&folder, &PROGRAMS, clock::real_now())?;
            println!(
                "Certificates for {} are in {}",
                PROGRAMS.join(", "),
                folder.display()
            );
            Ok(ExitCode::SUCCESS)
        }
        Command::Migrate(args) => {
            let settings = args.settings()?;
            with_log(&settings)?;
            runtime()?.block_on(migrate(&settings))
        }
        Command::SignIn(args) => runtime()?.block_on(story::sign_in(args)),
        Command::Story(args) => runtime()?.block_on(story::run(&args)),
        Command::Audit(AuditCommand::Verify(args)) => {
            let settings = args.settings(&[])?;
            with_log(&settings)?;
            runtime()?.block_on(audit::run(&settings))
        }
        Command::Doctor(args) => {
            let settings = args.folder.settings(&[])?;
            if args.usage {
                doctor::usage(&settings)
            } else {
                doctor::run(&settings)
            }
        }
    }
}

async fn migrate(settings: &Settings) -> anyhow::Result<ExitCode> {
    if let Some(owner) = &settings.apart.owner {
        Databases::prepare_apart(owner).await?;
        println!("The databases are up to date");
        return Ok(ExitCode::SUCCESS);
    }
    let folder = DataFolder::take(settings)?;
    let databases = Databases::open(&folder, settings).await?;
    databases.close().await?;
    println!(
        "The databases in {} are up to date",
        folder.path().display()
    );
    Ok(ExitCode::SUCCESS)
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start")
}

/// Lines on standard error; nothing personal is ever put into one.
fn with_log(settings: &Settings) -> anyhow::Result<()> {
    let log = tracing_subscriber::fmt()
        .with_env_filter(&settings.log_level)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let begun = match settings.log_format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().try_init(),
    };
    begun
        .map_err(|error| anyhow::anyhow!(error))
        .context("cannot log")
}
