//! `fondeo up` and `fondeo serve`: the platform, or parts of it, until somebody stops them.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context as _;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::config::Settings;
use crate::platform::{DEMO_PASSWORD, DEMO_PEOPLE, Platform, email};
use crate::progress::Progress;
use crate::story;

/// Starts the platform, says where it is, and stops it on SIGINT or SIGTERM.
pub async fn run(settings: &Settings) -> anyhow::Result<ExitCode> {
    let begun = Instant::now();
    let progress = Progress::spinner();
    let starting = async {
        let platform = Platform::start(settings, &progress).await?;
        if settings.demo && platform.is_new() {
            let opened = story::opening(&platform.url, &progress).await;
            opened.context("the demo's beginning could not be played")?;
        }
        Ok(platform)
    };
    until_stopped(starting, &progress, |platform| {
        welcome(platform, settings, begun)
    })
    .await
}

/// Starts some parts of it, and stops them on SIGINT or SIGTERM.
pub async fn serve(settings: &Settings, parts: &[&'static str]) -> anyhow::Result<ExitCode> {
    let progress = Progress::spinner();
    let starting = Platform::apart(settings, parts, &progress);
    let names = parts.join(", ");
    until_stopped(starting, &progress, |_| {
        let listen = settings.listen;
        format!("Here stand {names}; health at http://{listen}/readyz\nCtrl-C stops them.")
    })
    .await
}

async fn until_stopped(
    starting: impl Future<Output = anyhow::Result<Platform>>,
    progress: &Progress,
    welcome: impl FnOnce(&Platform) -> String,
) -> anyhow::Result<ExitCode> {
    let mut stopping = Stopping::listen()?;
    let started = tokio::select! {
        started = starting => started,
        // The database starts in a thread that ends by itself and takes its server with it.
        () = stopping.asked() => {
            progress.clear();
            return Ok(ExitCode::SUCCESS);
        }
    };
    progress.clear();
    let mut platform = started?;
    say(&welcome(&platform));
    let broken = tokio::select! {
        () = stopping.asked() => None,
        error = platform.broken() => Some(error),
    };
    let _unheard = writeln!(std::io::stderr(), "Stopping; again Ctrl-C stops at once.");
    tokio::select! {
        stopped = platform.stop() => stopped?,
        () = stopping.asked() => anyhow::bail!("stopped at once; the next start recovers"),
    }
    match broken {
        None => Ok(ExitCode::SUCCESS),
        Some(error) => Err(error),
    }
}

/// Whoever started us may not listen any more: no reason to end.
fn say(text: &str) {
    let _unheard = writeln!(std::io::stdout(), "{text}");
}

/// SIGINT and SIGTERM.
pub struct Stopping {
    interrupt: Signal,
    terminate: Signal,
}

impl Stopping {
    /// Takes both signals from now on.
    pub fn listen() -> anyhow::Result<Self> {
        let of = |kind| signal(kind).context("cannot listen for signals");
        Ok(Self {
            interrupt: of(SignalKind::interrupt())?,
            terminate: of(SignalKind::terminate())?,
        })
    }

    /// Returns when somebody asks for the end.
    pub async fn asked(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

fn welcome(platform: &Platform, settings: &Settings, begun: Instant) -> String {
    let (url, data) = (&platform.url, platform.data().display());
    let milliseconds = begun.elapsed().as_millis();
    let mut text = format!("Fondeo is up at {url} (in {milliseconds} ms)\n");
    let mut line = |name: &str, value: &str| {
        writeln!(text, "  {name:<10} {value}").expect("memory");
    };
    line("API", &format!("{url}/graphql"));
    line(
        "sign-in",
        &format!("{url}/.well-known/openid-configuration"),
    );
    line("health", &format!("{url}/livez and {url}/readyz"));
    line("data", &data.to_string());
    if let Some(notice) = &platform.notice {
        write!(text, "\n{notice}\n").expect("memory");
    }
    if settings.demo {
        text.push_str("\nA demo with a project that is being funded. Sign in as one of these, ");
        text.push_str("all with the password ");
        writeln!(text, "{DEMO_PASSWORD}").expect("memory");
        for (name, _, roles) in DEMO_PEOPLE {
            let roles: Vec<String> = roles.iter().map(ToString::to_string).collect();
            writeln!(text, "  {:<42} {}", email(name), roles.join(", ")).expect("memory");
        }
        text.push_str(
            "ADMIN and TREASURER are also asked for a code: fondeo sign-in NAME --code\n",
        );
        write!(
            text,
            "\nPlay the whole story on it: fondeo story --base-url {url}"
        )
        .expect("mem");
    }
    text.push_str("\nCtrl-C stops it.");
    text
}
