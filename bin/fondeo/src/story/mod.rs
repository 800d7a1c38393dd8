//! `fondeo story`: the whole life of one investment, played through the public API by people who
//! register, sign in and act, with every figure compared with an independent calculation.

mod api;
mod compare;
mod execution;
mod figures;
mod funding;
mod html;
mod kills;
mod people;
mod player;
mod random;
mod round;
mod scenario;
mod settling;
mod show;
mod sign_in;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, anyhow, ensure};
use serde_json::Value;
use tempfile::TempDir;

use crate::audit;
use crate::config::Settings;
use crate::platform::{DEMO_PASSWORD, Platform, email};
use crate::progress::Progress;
use crate::up::Stopping;
use kills::{Kills, Victim};
use player::Player;
use scenario::{Name, Scenario};
use sign_in::{Browser, code_step, demo_code, http};

/// How many of the requests are decided in a demo's opening.
const DECIDED: usize = 2;

/// Plays an investment story and checks every figure.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("chance").args(["kills", "random"])))]
pub struct StoryArgs {
    /// Which one
    #[arg(long, value_enum, default_value_t = Name::Settled)]
    name: Name,
    /// Print every figure as JSON instead of tables
    #[arg(long)]
    json: bool,
    /// Kill the platform this often at random points, and start it again
    #[arg(long, value_name = "COUNT", conflicts_with = "base_url")]
    kills: Option<usize>,
    /// No story, but this many projects on random walks through every command
    #[arg(long, value_name = "COUNT", conflicts_with_all = ["base_url", "name", "json"])]
    random: Option<u64>,
    /// What chance is taken from: the same again gives the same
    #[arg(long, requires = "chance")]
    seed: Option<u64>,
    /// A demo that is running; without it one is started for the story and thrown away
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
}

/// Plays it; 1 when a figure is not the expected one or the platform's audit finds something.
pub async fn run(args: &StoryArgs) -> anyhow::Result<ExitCode> {
    let begun = Instant::now();
    let mut stopping = Stopping::listen()?;
    if let Some(count) = args.random {
        return walked(count, args, &mut stopping).await;
    }
    let played = played(args, &mut stopping).await?;
    let golden: Value = serde_json::from_str(args.name.golden()).context("the expected figures")?;
    let mut wrong = compare::differences(&golden, &played.figures);
    if args.json {
        println!("{:#}", played.figures);
    } else {
        println!("{}", show::tables(&played.figures));
    }
    if let Some(reports) = &played.audit {
        eprint!("{}", audit::table(reports));
        wrong.extend(audit::findings(reports));
    } else {
        eprintln!("Audited is a platform of the story's own; here: fondeo audit verify --demo");
    }
    for difference in &wrong {
        eprintln!("WRONG {difference}");
    }
    if !wrong.is_empty() {
        eprintln!(
            "{} differences; played in {:.1?}",
            wrong.len(),
            begun.elapsed()
        );
        return Ok(ExitCode::FAILURE);
    }
    let figures = compare::count(&golden);
    eprintln!(
        "Every one of {figures} figures is as calculated independently ({:.1?})",
        begun.elapsed()
    );
    Ok(ExitCode::SUCCESS)
}

/// Signs in as one of a running demo's people and prints an access token.
#[derive(Debug, clap::Args)]
pub struct SignInArgs {
    /// The part of the address before the `@`, as `up --demo` lists them
    person: String,
    /// Where the demo is
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
    base_url: reqwest::Url,
    /// Print the present code of their second factor instead, to type into the sign-in page
    #[arg(long)]
    code: bool,
}

/// Prints a token for five minutes, by code and PKCE as every client gets one; or a code.
pub async fn sign_in(args: SignInArgs) -> anyhow::Result<ExitCode> {
    if args.code {
        println!("{}", demo_code(&email(&args.person), code_step())?);
        return Ok(ExitCode::SUCCESS);
    }
    let mut browser = Browser::new(http()?, args.base_url);
    let token = browser.sign_in(&email(&args.person), DEMO_PASSWORD).await?;
    println!("{token}");
    Ok(ExitCode::SUCCESS)
}

/// Plays the beginning with a demo's own people, so that there is something to see: a project that
/// is being funded, with requests for its owner to decide.
pub async fn opening(url: &str, progress: &Progress) -> anyhow::Result<()> {
    let scenario = Scenario::read(Name::Settled)?;
    let requests = scenario.steps.iter().take_while(|step| step.at_hours < 24);
    let steps = requests.count() + DECIDED;
    let mut player = Player::with_demo_people(url, scenario)?;
    progress.step("the demo's people sign in");
    player.gather().await?;
    for number in 1..=steps {
        player.step(number, progress).await?;
    }
    Ok(())
}

struct Played {
    figures: Value,
    audit: Option<Vec<audit::Report>>,
}

/// A platform of the story's own is stopped whole and its folder removed, also when somebody asks
/// for the end.
async fn played(args: &StoryArgs, stopping: &mut Stopping) -> anyhow::Result<Played> {
    if let Some(url) = &args.base_url {
        let figures = tokio::select! {
            figures = play(url, args.name) => figures?,
            () = stopping.asked() => return Err(stopped()),
        };
        return Ok(Played {
            figures,
            audit: None,
        });
    }
    let (_folder, settings) = own_folder()?;
    if let Some(count) = args.kills {
        let seed = args.seed.unwrap_or_else(rand::random);
        eprintln!("{count} kills at the points of seed {seed}");
        return tokio::select! {
            played = killed(&settings, args.name, (count, seed)) => played,
            () = stopping.asked() => Err(stopped()),
        };
    }
    let progress = Progress::spinner();
    progress.step("a platform for the story");
    let started = Platform::start(&settings, &progress).await;
    progress.clear();
    let platform = started?;
    let played = async {
        let figures = play(&platform.url, args.name).await?;
        for database in platform.databases() {
            platform.heads().sign(database).await?;
        }
        let heads = Some(platform.heads());
        let reports = audit::verify(platform.databases(), heads).await?;
        Ok(Played {
            figures,
            audit: Some(reports),
        })
    };
    let played: anyhow::Result<Played> = tokio::select! {
        played = played => played,
        () = stopping.asked() => Err(stopped()),
    };
    platform.stop().await?;
    played
}

/// A demo in a folder that is removed when it is let go.
fn own_folder() -> anyhow::Result<(TempDir, Settings)> {
    let folder = tempfile::Builder::new()
        .prefix("fondeo-story-")
        .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o711))
        .tempdir()
        .context("no temporary folder")?;
    let flags = [
        ("data", folder.path().join("data").display().to_string()),
        ("listen", "127.0.0.1:0".to_owned()),
        ("demo", "true".to_owned()),
    ];
    let settings = Settings::load(None, &flags)?;
    crate::with_log(&settings)?;
    Ok((folder, settings))
}

/// Random walks on a platform of their own.
async fn walked(count: u64, args: &StoryArgs, stopping: &mut Stopping) -> anyhow::Result<ExitCode> {
    let (_folder, settings) = own_folder()?;
    let seed = args.seed.unwrap_or_else(rand::random);
    eprintln!("{count} walks of seed {seed}");
    tokio::select! {
        walked = random::run(&settings, count, seed) => walked,
        () = stopping.asked() => Err(stopped()),
    }
}

/// On a platform that is killed again and again; audited at rest.
async fn killed(
    settings: &Settings,
    name: Name,
    (count, seed): (usize, u64),
) -> anyhow::Result<Played> {
    let victim = Victim::start(&settings.data).await?;
    let scenario = Scenario::read(name)?;
    let kills = Kills::plan(Arc::clone(&victim), count, scenario.steps.len(), seed);
    let player = Player::new(&victim.url(), scenario)?.patient();
    let figures = perform(player, Some(kills)).await?;
    victim.stop().await?;
    Ok(Played {
        figures,
        audit: Some(audit::at_rest(settings).await?),
    })
}

fn stopped() -> anyhow::Error {
    anyhow!("stopped before the end")
}

async fn play(url: &str, name: Name) -> anyhow::Result<Value> {
    perform(Player::new(url, Scenario::read(name)?)?, None).await
}

async fn perform(mut player: Player, mut kills: Option<Kills>) -> anyhow::Result<Value> {
    let progress = Progress::bar(player.scenario.steps.len());
    progress.step("the people register and sign in");
    player.gather().await?;
    for number in 1..=player.scenario.steps.len() {
        if let Some(kills) = &mut kills {
            kills.begins(number);
        }
        let line = player.step(number, &progress).await?;
        progress.done(&line);
    }
    if let Some(kills) = kills {
        progress.step("the platform is up after the last kill");
        kills.over().await?;
    }
    progress.step("the figures");
    let figures = player.figures().await;
    progress.clear();
    let figures = figures?;
    ensure!(figures.is_object(), "the figures are an object");
    Ok(figures)
}
