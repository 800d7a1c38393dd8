//! Stops what an earlier owner left running in a data folder. Call it only with the folder's lock.
//!
//! A process is the folder's when it is a `postgres` whose working directory *is* that folder
//! (every server process goes there first). Process ids in files are never trusted alone.

use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::error::ClusterError;

const FAST: Duration = Duration::from_secs(30);
const FORCED: Duration = Duration::from_secs(5);

/// Leaves no server process in the folder and no stale `postmaster.pid`, or fails.
pub(super) fn stop(pgdata: &Path) -> Result<(), ClusterError> {
    let Ok(home) = fs::metadata(pgdata) else {
        return Ok(());
    };
    let residents = residents(&home);
    if !residents.is_empty() {
        tracing::warn!(
            ?residents,
            "stopping a database server that an earlier owner left behind"
        );
        // Without its postmaster the rest ends by itself, as soon as it notices.
        let postmaster = postmaster(pgdata).filter(|pid| residents.contains(pid));
        if let Some(pid) = postmaster {
            signal(pid, Signal::SIGINT);
        }
        let patience = if postmaster.is_some() { FAST } else { FORCED };
        if !empty_within(&home, patience) {
            for pid in self::residents(&home) {
                signal(pid, Signal::SIGQUIT);
            }
        }
        if !empty_within(&home, FORCED)
            && let Some(&pid) = self::residents(&home).first()
        {
            return Err(ClusterError::StillRunning {
                pid: pid.unsigned_abs(),
            });
        }
    }
    // With nobody there the file is stale; its number may by now be another process's, and the
    // server would then refuse to start.
    let stale = pgdata.join("postmaster.pid");
    match fs::remove_file(&stale) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(ClusterError::io("remove", &stale)(error))
        }
        _ => Ok(()),
    }
}

/// The first line of `postmaster.pid`.
fn postmaster(pgdata: &Path) -> Option<i32> {
    let text = fs::read_to_string(pgdata.join("postmaster.pid")).ok()?;
    text.lines().next()?.trim().parse().ok()
}

fn residents(home: &Metadata) -> Vec<i32> {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    processes
        .filter_map(|entry| {
            let pid = entry.file_name().to_str()?.parse().ok()?;
            let lives = fs::metadata(entry.path().join("cwd")).ok()?;
            let name = fs::read_to_string(entry.path().join("comm")).ok()?;
            let here = (lives.dev(), lives.ino()) == (home.dev(), home.ino());
            (here && name.trim() == "postgres").then_some(pid)
        })
        .collect()
}

fn empty_within(home: &Metadata, limit: Duration) -> bool {
    let start = Instant::now();
    while !residents(home).is_empty() {
        if start.elapsed() > limit {
            return false;
        }
        sleep(Duration::from_millis(20));
    }
    true
}

/// A process that is gone by now needs no signal.
fn signal(pid: i32, signal: Signal) {
    if let Err(error) = kill(Pid::from_raw(pid), signal) {
        tracing::debug!(pid, %error, "not signalled");
    }
}
