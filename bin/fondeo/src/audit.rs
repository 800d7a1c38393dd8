//! `fondeo audit verify`: every chain recomputed, every service's invariants, and what the services
//! say of each other.

use std::fmt::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use contracts::journal::Check;
use journal::{Heads, HeadsError, Verification};
use pg::Database;

use crate::config::Settings;
use crate::crosscheck;
use crate::platform::{DataFolder, Databases, migrator, verifications};

/// How often a platform at work is looked at before what is under way counts as a finding.
const LOOKS: usize = 5;
const PAUSE: Duration = Duration::from_millis(700);

/// What one service, or all of them together, were checked for.
pub struct Report {
    /// The service, or `all together`.
    pub of: &'static str,
    /// Its checks.
    pub checks: Vec<Check>,
}

/// Checks the folder's platform, running or not; 1 when there are findings.
pub async fn run(settings: &Settings) -> anyhow::Result<ExitCode> {
    let running = DataFolder::running(&settings.data)?;
    let databases = match running.and_then(|running| running.socket) {
        Some(socket) => Databases::of_running(&socket).await?,
        None => Databases::open_to_read(settings).await?,
    };
    let heads = DataFolder::heads_to_read(settings)?;
    let reports = verify(&databases.all, heads.as_ref()).await;
    let under_way = crosscheck::under_way(&databases.all).await;
    databases.close().await?;
    let (reports, under_way) = (reports?, under_way?);
    print!("{}", table(&reports));
    if findings(&reports).next().is_none() {
        println!("Everything fits.");
        return Ok(ExitCode::SUCCESS);
    }
    println!("What does not fit:");
    for finding in findings(&reports) {
        println!("  {finding}");
    }
    if under_way > 0 {
        println!(
            "{under_way} events have not reached everybody yet, which may be why: look again when \
             the platform has run"
        );
    }
    Ok(ExitCode::FAILURE)
}

/// What there is to say of a folder that nobody is at work in.
pub async fn at_rest(settings: &Settings) -> anyhow::Result<Vec<Report>> {
    let databases = Databases::open_to_read(settings).await?;
    let heads = DataFolder::heads_to_read(settings)?;
    let reports = verify(&databases.all, heads.as_ref()).await;
    databases.close().await?;
    Ok(reports?)
}

/// Looks until nothing is found, or the findings have stayed: a platform at work has events under
/// way.
pub async fn verify(
    databases: &[Database],
    heads: Option<&Heads>,
) -> Result<Vec<Report>, HeadsError> {
    let verifications = verifications();
    let mut reports = look(databases, heads, &verifications).await?;
    for _ in 1..LOOKS {
        if findings(&reports).next().is_none() {
            break;
        }
        tokio::time::sleep(PAUSE).await;
        reports = look(databases, heads, &verifications).await?;
    }
    Ok(reports)
}

/// Every finding, with whose it is.
pub fn findings(reports: &[Report]) -> impl Iterator<Item = String> {
    reports.iter().flat_map(|report| {
        report.checks.iter().flat_map(|check| {
            let of = (report.of, &check.name);
            check
                .findings
                .iter()
                .map(move |finding| format!("{} · {}: {finding}", of.0, of.1))
        })
    })
}

async fn look(
    databases: &[Database],
    heads: Option<&Heads>,
    verifications: &[Verification],
) -> Result<Vec<Report>, HeadsError> {
    let mut reports = Vec::new();
    for (database, verification) in databases.iter().zip(verifications) {
        let (mut checks, _, _) = journal::verify_chain(database).await?;
        if let Some(heads) = heads {
            checks.push(heads.check(database).await?);
        }
        checks.push(walls(database).await?);
        checks.extend(verification(database.clone()).await?);
        let of = database.service;
        reports.push(Report { of, checks });
    }
    let checks = crosscheck::all(databases).await?;
    reports.push(Report {
        of: "all together",
        checks,
    });
    Ok(reports)
}

async fn walls(database: &Database) -> Result<Check, sqlx::Error> {
    let own = migrator(database.service);
    let (findings, examined) =
        pg::walls(database, &[&pg::MIGRATOR, &journal::MIGRATOR, own]).await?;
    Ok(Check {
        name: "every table has its walls".to_owned(),
        findings,
        examined,
    })
}

/// One line a check.
pub fn table(reports: &[Report]) -> String {
    let mut text = String::new();
    for report in reports {
        for check in &report.checks {
            let verdict = match check.findings.len() {
                0 => "fits".to_owned(),
                count => format!("{count} FINDINGS"),
            };
            let (of, name, rows) = (report.of, &check.name, check.examined);
            writeln!(text, "{of:<14} {name:<66} {rows:>7}  {verdict}").expect("memory");
        }
    }
    text
}
