//! A run: so many walks, some of them at a time, round by round.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use authz::Role;
use futures::future::{join_all, try_join_all};
use futures::{join, try_join};
use serde_json::json;
use uuid::Uuid;

use super::super::kills::Victim;
use super::command::{Dice, money};
use super::coverage::Coverage;
use super::crowd::{ADMINS, Crowd, TREASURER, first_reference};
use super::invariants;
use super::look::{Heads, Look, Rows};
use super::plan::CURRENCIES;
use super::walk::{Made, Walk, says_states, shown};
use super::world::World;
use crate::audit;
use crate::config::Settings;
use crate::platform::{DataFolder, Databases};
use crate::progress::Progress;

/// So many walk at a time.
const AT_ONCE: usize = 64;
const OWNERS: usize = 5;
const INVESTORS: usize = 14;
/// After so many walks the platform is stopped, or killed, and audited.
const RESTART_EVERY: u64 = 60;
/// The time jumps once in so many rounds.
const JUMP_EVERY: u32 = 3;
/// How often it is looked again before a finding stays: the clock moves things between two looks.
const LOOKS: usize = 3;

/// What the rules say only when something is broken.
const NEVER_SAID: [&str; 9] = [
    "fresh_sign_in_required",
    "escrow_mismatch",
    "escrow_differs",
    "seal_broken",
    "list_incomplete",
    "does_not_add_up",
    "unknown_payee",
    "another_seal",
    "not_the_goal",
];

/// Makes `count` walks; 1 when anything was not as it must be.
pub async fn run(settings: &Settings, count: u64, seed: u64) -> anyhow::Result<ExitCode> {
    let begun = Instant::now();
    let progress = Progress::bar(usize::try_from(count)?);
    progress.step("a platform, and its people");
    let victim = Victim::start(&settings.data).await?;
    let mut run = Run::begin(settings, &victim, (count, seed)).await?;
    let made = run.walk_all(&progress).await;
    progress.clear();
    if let Err(error) = made {
        eprintln!("{}", run.coverage.table());
        return Err(error.context(format!(
            "not as it must be; the same again: fondeo story --random {count} --seed {seed}"
        )));
    }
    let full = "SELECT 1 AS one FROM journal \
                WHERE type = 'fondeo.projects.v1.ProjectFullyFunded' LIMIT 1";
    let full: Vec<serde_json::Value> = run.look.rows("projects", full).await?;
    if !full.is_empty() {
        run.coverage.passed("FULLY_FUNDED");
    }
    run.look.close().await;
    victim.stop().await?;
    let reports = audit::at_rest(settings).await?;
    eprintln!("{}", audit::table(&reports));
    println!("{}", run.coverage.table());
    let mut wrong: Vec<String> = audit::findings(&reports).collect();
    wrong.extend(run.coverage.missing(count));
    for one in &wrong {
        eprintln!("WRONG {one}");
    }
    let (steps, rounds) = (run.steps, run.rounds);
    eprintln!(
        "{count} walks of seed {seed}, {steps} steps in {rounds} rounds, {} restarts ({:.1?})",
        run.restarts,
        begun.elapsed()
    );
    Ok(if wrong.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// What the platform has stored at one moment.
struct Seen {
    heads: Heads,
    world: World,
    rows: Rows,
}

struct Run<'a> {
    settings: &'a Settings,
    victim: &'a Arc<Victim>,
    count: u64,
    seed: u64,
    dice: Dice,
    crowd: Crowd,
    look: Look,
    walks: Vec<Walk>,
    begun: u64,
    ended: u64,
    /// What the bank must have, by currency: what was there at the beginning and what the walks
    /// paid in and out since.
    bank: BTreeMap<String, i64>,
    coverage: Coverage,
    steps: usize,
    rounds: usize,
    restarts: u64,
}

impl<'a> Run<'a> {
    async fn begin(
        settings: &'a Settings,
        victim: &'a Arc<Victim>,
        (count, seed): (u64, u64),
    ) -> anyhow::Result<Self> {
        let crowd = Crowd::gather(&victim.url(), OWNERS, INVESTORS).await?;
        let look = Look::at(&settings.data).await?;
        welcome(&crowd, &look).await?;
        look.quiet().await?;
        let bank = invariants::custody(&look).await?;
        Ok(Self {
            settings,
            victim,
            count,
            seed,
            dice: Dice::new(seed, u64::MAX),
            crowd,
            look,
            walks: Vec::new(),
            begun: 0,
            ended: 0,
            bank,
            coverage: Coverage::default(),
            steps: 0,
            rounds: 0,
            restarts: 0,
        })
    }

    async fn walk_all(&mut self, progress: &Progress) -> anyhow::Result<()> {
        let mut seen = None;
        while self.ended < self.count {
            while self.walks.len() < AT_ONCE && self.begun < self.count {
                self.begun += 1;
                self.walks
                    .push(Walk::begin(self.seed, self.begun, &self.crowd));
            }
            self.crowd.stay_fresh().await?;
            if self.dice.one_in(JUMP_EVERY) {
                self.jump().await?;
                seen = None;
            }
            let before = match seen {
                Some(seen) => seen,
                None => self.seen().await?,
            };
            self.coverage.seen(&before.world);
            self.part(&before.world, progress).await?;
            let restarts = self.ended >= (self.restarts + 1) * RESTART_EVERY;
            seen = Some(self.round(before, restarts).await?);
            progress.step(&format!("round {}, {} steps", self.rounds, self.steps));
            if restarts {
                self.audit().await?;
            }
        }
        Ok(())
    }

    /// What is there when all events have arrived.
    async fn seen(&self) -> anyhow::Result<Seen> {
        let ids: Vec<Uuid> = self.walks.iter().filter_map(|walk| walk.id).collect();
        let heads = self.look.quiet().await?;
        let (world, rows) = try_join!(World::seen(&self.look, &ids), self.look.hashed(&ids))?;
        Ok(Seen { heads, world, rows })
    }

    /// Lets the walks go that are over, when every cent is accounted for.
    async fn part(&mut self, world: &World, progress: &Progress) -> anyhow::Result<()> {
        let walks = std::mem::take(&mut self.walks);
        for mut walk in walks {
            if !walk.is_over(world) {
                self.walks.push(walk);
                continue;
            }
            self.ended += 1;
            if let Some(id) = walk.id {
                let accounted = invariants::accounted(&self.look, id, &walk.paid);
                let steps = || {
                    let steps: Vec<_> = shown(&walk.log, 80).collect();
                    format!("walk {}:\n{}", walk.number, steps.join("\n"))
                };
                accounted.await.with_context(steps)?;
            }
            let end = walk.id.and_then(|id| world.projects.get(&id));
            let end = end.map_or("nothing", |project| project.stand());
            progress.done(&format!(
                "walk {} ends {end} after {} steps",
                walk.number, walk.steps
            ));
        }
        Ok(())
    }

    /// One step of each, and everything that must be true after it.
    async fn round(&mut self, before: Seen, restarts: bool) -> anyhow::Result<Seen> {
        self.rounds += 1;
        let within = Duration::from_millis(self.dice.range(0, 400).unsigned_abs());
        let (victim, kills) = (self.victim, self.restarts.is_multiple_of(2));
        let crowd = &self.crowd;
        let world = &before.world;
        let steps = self.walks.iter_mut().map(|walk| walk.step(world, crowd));
        let ended = async {
            if !restarts {
                return Ok(());
            }
            tokio::time::sleep(within).await;
            if kills {
                victim.strike().await
            } else {
                victim.restart().await
            }
        };
        let (steps, ended) = join!(join_all(steps), ended);
        ended?;
        if restarts {
            self.restarts += 1;
            let look = Look::at(&self.settings.data).await?;
            std::mem::replace(&mut self.look, look).close().await;
        }
        let now = self.seen().await?;
        let mut wrong = Vec::new();
        for (at, step) in steps.into_iter().enumerate() {
            let walk = &self.walks[at];
            let made = match step {
                Ok(Some(made)) => made,
                Ok(None) => continue,
                Err(error) => {
                    wrong.push((at, format!("{error:#}")));
                    continue;
                }
            };
            self.steps += 1;
            if let Some((currency, minor)) = &made.bank {
                *self.bank.entry(currency.clone()).or_default() += minor;
            }
            self.coverage.made(&made);
            if let Some(what) = judged(walk, &made, &now.world) {
                wrong.push((at, what));
            }
            let changed = walk
                .id
                .and_then(|id| changed(id, (&before.rows, &now.rows)).map(|what| (id, what)));
            if let (Some(refused), Some((id, what))) = (&made.refused, changed)
                && !self.look.moved_by_itself(id, &before.heads).await?
            {
                wrong.push((
                    at,
                    format!("refused ({}), and yet {what} changed", refused.code),
                ));
            }
        }
        self.must_be_true(wrong).await?;
        Ok(now)
    }

    async fn must_be_true(&mut self, wrong: Vec<(usize, String)>) -> anyhow::Result<()> {
        let mut said = Vec::new();
        let mut tell = |walk: &Walk| {
            said.push(format!("walk {}:", walk.number));
            said.extend(shown(&walk.log, 40).map(str::to_owned));
        };
        for (at, _) in &wrong {
            tell(&self.walks[*at]);
        }
        let mut findings = invariants::findings(&self.look).await?;
        for _ in 1..LOOKS {
            if findings.is_empty() {
                break;
            }
            self.look.quiet().await?;
            let again = invariants::findings(&self.look).await?;
            findings.retain(|finding| again.contains(finding));
        }
        for finding in &findings {
            let is_meant = |id: Uuid| finding.contains(&id.to_string());
            let mut meant = self
                .walks
                .iter()
                .filter(|walk| walk.id.is_some_and(is_meant));
            meant.by_ref().for_each(&mut tell);
        }
        for (at, what) in wrong {
            said.push(format!("walk {}: {what}", self.walks[at].number));
        }
        said.extend(findings);
        let bank = invariants::custody(&self.look).await?;
        if bank != self.bank {
            let last = self.walks.iter().filter_map(|walk| walk.log.last());
            said.extend(last.cloned());
            let own = &self.bank;
            said.push(format!("the bank has {bank:?}, the walks paid {own:?}"));
        }
        ensure!(
            said.is_empty(),
            "round {}:\n{}",
            self.rounds,
            said.join("\n")
        );
        Ok(())
    }

    /// Hours mostly, days sometimes, seldom weeks.
    async fn jump(&mut self) -> anyhow::Result<()> {
        let span = [(6, 6), (4, 30), (2, 80), (1, 400)];
        let most = *self.dice.weighted(&span).context("no span")?;
        let hours = self.dice.range(1, most);
        let input = json!({
            "idempotencyKey": format!("jump-{}", self.rounds),
            "seconds": hours * 3_600,
        });
        let token = self.crowd.token(ADMINS[0])?;
        let moved = self
            .crowd
            .api
            .act(token, "advanceBusinessTime", input, "offsetS")
            .await?;
        if let Err(refused) = moved {
            bail!("the time does not move: {refused}");
        }
        Ok(())
    }

    /// After a restart the whole audit finds nothing.
    async fn audit(&self) -> anyhow::Result<()> {
        let running = DataFolder::running(&self.settings.data)?.context("it is not at work")?;
        let socket = running.socket.context("no database")?;
        let databases = Databases::of_running(&socket).await?;
        let heads = DataFolder::heads_to_read(self.settings)?;
        let reports = audit::verify(&databases.all, heads.as_ref()).await;
        databases.close().await?;
        let findings: Vec<_> = audit::findings(&reports?).collect();
        ensure!(
            findings.is_empty(),
            "after a restart: {}",
            findings.join("\n")
        );
        Ok(())
    }
}

/// Everybody is verified and has some money in each currency.
async fn welcome(crowd: &Crowd, look: &Look) -> anyhow::Result<()> {
    look.quiet().await?;
    let members: Vec<String> = [Role::Owner, Role::Investor]
        .into_iter()
        .flat_map(|role| crowd.all(role))
        .collect();
    try_join_all(members.iter().map(|name| first_steps(crowd, name))).await?;
    Ok(())
}

async fn first_steps(crowd: &Crowd, name: &str) -> anyhow::Result<()> {
    let input = json!({
        "idempotencyKey": "first",
        "fullName": "Somebody New",
        "country": "CO",
        "documentType": "NATIONAL_ID",
        "documentNumber": format!("CO-{name}"),
        "birthDate": "1985-03-14",
    });
    must(crowd, name, "submitKyc", input, "profile { kycState }").await?;
    let user = crowd.user(name).to_string();
    let input = json!({ "idempotencyKey": format!("first-{name}"), "userId": user });
    must(crowd, ADMINS[0], "verifyKyc", input, "profile { kycState }").await?;
    for (_, currency) in CURRENCIES {
        let reference = first_reference(name, currency);
        let input = json!({
            "idempotencyKey": reference,
            "bankReference": reference,
            "userId": user,
            "amount": money(currency, 2_000_000),
        });
        must(crowd, TREASURER, "bookDeposit", input, "balance { minor }").await?;
    }
    let input = json!({
        "idempotencyKey": "first",
        "country": "CO",
        "number": "007-19322144770",
    });
    must(crowd, name, "setPayoutAccount", input, "account { masked }").await
}

async fn must(
    crowd: &Crowd,
    by: &str,
    name: &str,
    input: serde_json::Value,
    wanted: &str,
) -> anyhow::Result<()> {
    match crowd.api.act(crowd.token(by)?, name, input, wanted).await? {
        Ok(_) => Ok(()),
        Err(refused) => bail!("{name} by {by}: {refused}"),
    }
}

/// What is wrong with the answer itself. Time alone may have moved the project meanwhile.
fn judged(walk: &Walk, made: &Made, now: &World) -> Option<String> {
    let project = walk.id.and_then(|id| now.projects.get(&id));
    let stands = project.map_or("NONE", |project| project.stand());
    let (name, stood) = (made.command.name, made.stood.as_str());
    let done_in = made.done_in;
    let Some(refused) = &made.refused else {
        if made.forbidden {
            return Some(format!("{name} was done, and may not be"));
        }
        let fits = done_in.is_empty() || done_in.contains(&stood) || done_in.contains(&stands);
        return (!fits).then(|| format!("{name} was done for a project that was {stood}"));
    };
    let never = refused.code == "forbidden" && !made.forbidden;
    if never || NEVER_SAID.contains(&refused.code.as_str()) {
        return Some(format!("{name} was refused as nothing may be: {refused}"));
    }
    let word = |stand: &str| match stand {
        "LIQUIDATING" | "LIQUIDATED" => "CANCELLED".to_owned(),
        state => state.to_owned(),
    };
    let first = says_states(refused, &word(stood)).err()?;
    says_states(refused, &word(stands))
        .is_err()
        .then_some(first)
}

/// The table whose rows of this project are others now.
fn changed(id: Uuid, (before, after): (&Rows, &Rows)) -> Option<String> {
    let (before, after) = (before.get(&id)?, after.get(&id)?);
    let mut tables = before.keys().chain(after.keys());
    tables
        .find(|table| before.get(*table) != after.get(*table))
        .cloned()
}
