//! A child process that does not outlive us, however we end: beside it runs a watcher that holds
//! the read end of a pipe from us. No `unsafe`, and nothing that only one kernel knows.

use std::ffi::OsStr;
use std::io::{self, ErrorKind, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::error::ClusterError;
use super::folder::Folder;
use super::log::Log;

const STOPPED_WITHIN: Duration = Duration::from_secs(30);
const FORCED_WITHIN: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(10);

/// Becomes the program once its watcher is in place; when we die before that, it just ends.
const HELD: &str = r#"read -r go && exec "$@" </dev/null"#;
/// Interrupts the program when our end of the pipe closes without a farewell: when we are gone.
/// More than once, because a program that only just starts may not listen yet.
const WATCH: &str = r#"read -r pid && { read -r farewell ||
for try in 1 2 3 4 5; do kill -INT "$pid" || exit; sleep 1; done; }"#;

/// A program that ends when we do. Dropped while it runs, it is interrupted but not waited for.
#[derive(Debug)]
pub(super) struct Watched {
    child: Child,
    /// Sent home when the child has ended.
    watcher: Option<Child>,
}

impl Watched {
    /// Runs `program -D home arguments…` in a process group of its own: Ctrl-C is ours to handle.
    pub(super) fn spawn(
        program: &Path,
        arguments: &[impl AsRef<OsStr>],
        folder: &Folder,
        home: &Path,
        log: &Log,
    ) -> Result<Self, ClusterError> {
        let (out, err) = log.writers()?;
        let mut held = shell(HELD, folder, home);
        held.arg(program)
            .arg("-D")
            .arg(home)
            .args(arguments)
            .stdout(out)
            .stderr(err);
        Self::release(held, shell(WATCH, folder, home)).map_err(|error| {
            let denied = error.kind() == ErrorKind::PermissionDenied;
            let closed = denied.then(|| folder.closed()).flatten();
            closed.unwrap_or_else(|| ClusterError::io("start a program in", home)(error))
        })
    }

    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    fn release(mut held: Command, mut watch: Command) -> io::Result<Self> {
        let mut child = held.process_group(0).spawn()?;
        let group = i32::try_from(child.id()).expect("process ids are i32");
        watch
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(group);
        let mut watcher = watch.spawn()?;
        say(&mut watcher.stdin, &group.to_string())?;
        say(&mut child.stdin.take(), "go")?;
        Ok(Self {
            child,
            watcher: Some(watcher),
        })
    }

    /// How it ended, if it has; then the watcher is sent home, because the number is free again.
    pub(super) fn ended(&mut self) -> Option<ExitStatus> {
        let status = self
            .child
            .try_wait()
            .expect("nobody else waits for our child")?;
        if let Some(mut watcher) = self.watcher.take() {
            // It may have been killed; then nobody hears it, and nobody need to.
            let _unheard = say(&mut watcher.stdin, "farewell").and_then(|()| watcher.wait());
        }
        Some(status)
    }

    pub(super) fn ended_within(&mut self, limit: Duration) -> Option<ExitStatus> {
        let begun = Instant::now();
        loop {
            let status = self.ended();
            if status.is_some() || begun.elapsed() > limit {
                return status;
            }
            sleep(POLL);
        }
    }

    /// Fast shutdown, then an immediate one (the next start recovers from it), then the axe.
    pub(super) fn stop(&mut self) -> Result<(), ClusterError> {
        // Not reaped before `ended` says so: until then the number is surely the child's.
        let pid = Pid::from_raw(i32::try_from(self.child.id()).expect("process ids are i32"));
        for (signal, limit) in [
            (Signal::SIGINT, STOPPED_WITHIN),
            (Signal::SIGQUIT, FORCED_WITHIN),
            (Signal::SIGKILL, FORCED_WITHIN),
        ] {
            if self.ended().is_some() {
                return Ok(());
            }
            if let Err(error) = kill(pid, signal) {
                tracing::warn!(%pid, %error, %signal, "database server not signalled");
            }
            if self.ended_within(limit).is_some() {
                return Ok(());
            }
        }
        Err(ClusterError::StillRunning {
            pid: self.child.id(),
        })
    }
}

/// `script` as the server's user, with nothing of a `PG…` environment to lead it astray.
fn shell(script: &str, folder: &Folder, home: &Path) -> Command {
    let mut command = Command::new("/bin/sh");
    command
        .args(["-c", script, "sh"])
        .current_dir(home)
        .stdin(Stdio::piped())
        .env("LC_ALL", "C");
    for (name, _) in std::env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"PG") {
            command.env_remove(name);
        }
    }
    if let Some(user) = &folder.run_as {
        // With a user set, the standard library also drops root's further groups.
        command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
    }
    command
}

fn say(to: &mut Option<ChildStdin>, line: &str) -> io::Result<()> {
    to.as_mut().map_or(Ok(()), |pipe| writeln!(pipe, "{line}"))
}
