//! A platform in a process of its own that is killed at random points and started again: what was
//! answered stays, and what was not may be asked again.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::Mutex;
use tokio::task::JoinSet;

/// A kill comes this long after its step began, at most: before, within or after what it causes.
const WITHIN_MS: u64 = 400;
/// How long a start may take, recovery included.
const START: Duration = Duration::from_mins(1);

/// The platform's process.
pub struct Victim {
    data: std::path::PathBuf,
    listen: String,
    child: Mutex<Child>,
}

impl Victim {
    /// Starts a demo in this folder.
    pub async fn start(data: &Path) -> anyhow::Result<Arc<Self>> {
        let free = TcpListener::bind("127.0.0.1:0").context("no free port")?;
        let listen = free.local_addr()?.to_string();
        drop(free);
        let child = Mutex::new(up(data, &listen).await?);
        let data = data.to_owned();
        Ok(Arc::new(Self {
            data,
            listen,
            child,
        }))
    }

    /// Where it answers, before and after each kill.
    pub fn url(&self) -> String {
        format!("http://{}", self.listen)
    }

    /// Ends it as a power cut would, and starts it again.
    pub async fn strike(&self) -> anyhow::Result<()> {
        let mut child = self.child.lock().await;
        child.kill().await.context("it could not be killed")?;
        *child = up(&self.data, &self.listen).await?;
        Ok(())
    }

    /// Ends it as an operator would, and starts it again.
    pub async fn restart(&self) -> anyhow::Result<()> {
        self.stop().await?;
        *self.child.lock().await = up(&self.data, &self.listen).await?;
        Ok(())
    }

    /// Ends it as an operator would.
    pub async fn stop(&self) -> anyhow::Result<()> {
        let mut child = self.child.lock().await;
        let pid = child.id().context("it has ended before")?;
        kill(Pid::from_raw(pid.try_into()?), Signal::SIGTERM)?;
        let ended = child.wait().await?;
        ensure!(ended.success(), "the platform ended with {ended}");
        Ok(())
    }
}

async fn up(data: &Path, listen: &str) -> anyhow::Result<Child> {
    let program = std::env::current_exe().context("this program's own path")?;
    let mut child = Command::new(program)
        .args(["up", "--demo", "--listen", listen, "--data"])
        .arg(data)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .context("the platform's process could not be started")?;
    let stdout = child.stdout.take().context("it says nothing")?;
    let mut lines = BufReader::new(stdout).lines();
    match tokio::time::timeout(START, lines.next_line()).await {
        Ok(Ok(Some(_is_up))) => Ok(child),
        Ok(_) => bail!("the platform did not start: {}", child.wait().await?),
        Err(_) => bail!("the platform did not start within {} s", START.as_secs()),
    }
}

/// When it is killed: by step, how long after its beginning. The same for the same seed.
pub struct Kills {
    victim: Arc<Victim>,
    planned: BTreeMap<usize, Duration>,
    under_way: JoinSet<anyhow::Result<()>>,
}

impl Kills {
    /// So many, at different steps out of `steps`.
    pub fn plan(victim: Arc<Victim>, count: usize, steps: usize, seed: u64) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let mut planned = BTreeMap::new();
        while planned.len() < count.min(steps) {
            let step = random.random_range(1..=steps);
            let after = Duration::from_millis(random.random_range(0..=WITHIN_MS));
            planned.insert(step, after);
        }
        Self {
            victim,
            planned,
            under_way: JoinSet::new(),
        }
    }

    /// Before a step is played.
    pub fn begins(&mut self, step: usize) {
        if let Some(after) = self.planned.remove(&step) {
            let victim = Arc::clone(&self.victim);
            self.under_way.spawn(async move {
                tokio::time::sleep(after).await;
                victim.strike().await
            });
        }
    }

    /// Waits until it is up after the last; every one that was planned has come.
    pub async fn over(mut self) -> anyhow::Result<()> {
        let left = self.planned.len();
        ensure!(left == 0, "{left} kills did not come");
        while let Some(struck) = self.under_way.join_next().await {
            struck.context("a kill broke")??;
        }
        Ok(())
    }
}
