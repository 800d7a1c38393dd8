//! The server's own log: written by the server, read by us only to explain a failure.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::process::Stdio;

use nix::sys::statvfs::statvfs;

use super::error::ClusterError;
use super::folder::Folder;

const LOG_MAX_BYTES: u64 = 16 << 20;
const TAIL_BYTES: u64 = 2_000;
const FULL_BYTES: u64 = 1 << 20;

/// What one start wrote, and will write, into `postgres.log`.
#[derive(Debug)]
pub(super) struct Log {
    path: PathBuf,
    from: u64,
}

impl Log {
    /// Begins a new part of the log; a big one is set aside first (one earlier file is kept).
    pub(super) fn open(folder: &Folder) -> Result<Self, ClusterError> {
        let path = folder.log();
        let length = fs::metadata(&path).map_or(0, |found| found.len());
        if length <= LOG_MAX_BYTES {
            return Ok(Self { path, from: length });
        }
        fs::rename(&path, path.with_extension("log.1"))
            .map_err(ClusterError::io("rename", &path))?;
        Ok(Self { path, from: 0 })
    }

    /// Standard output and standard error for a child.
    pub(super) fn writers(&self) -> Result<(Stdio, Stdio), ClusterError> {
        let failed = ClusterError::io("write", &self.path);
        let file = File::options()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(&self.path);
        let both = file.and_then(|out| Ok((out.try_clone()?.into(), out.into())));
        both.map_err(failed)
    }

    /// The last lines of this start.
    pub(super) fn tail(&self) -> String {
        let mut bytes = Vec::new();
        let read = File::open(&self.path).and_then(|mut file| {
            let length = file.metadata()?.len();
            file.seek(SeekFrom::Start(
                self.from.max(length.saturating_sub(TAIL_BYTES)),
            ))?;
            file.read_to_end(&mut bytes)
        });
        match read {
            Ok(_) => String::from_utf8_lossy(&bytes).trim().to_owned(),
            Err(error) => format!("({} cannot be read: {error})", self.path.display()),
        }
    }

    pub(super) fn too_slow(&self, program: &'static str, seconds: u64) -> ClusterError {
        ClusterError::TooSlow {
            program,
            seconds,
            log: self.tail(),
        }
    }

    /// Why `program` ended, as far as its last words tell.
    pub(super) fn explain(&self, program: &'static str, port: u16) -> ClusterError {
        let (log, path) = (self.tail(), self.path.clone());
        let says = |words: &[&str]| words.iter().any(|words| log.contains(words));
        // On a full disk the last words themselves may be missing.
        if says(&["No space left on device"]) || self.disk_is_full() {
            return ClusterError::DiskFull { path, log };
        }
        if says(&["Address already in use"]) {
            return ClusterError::PortTaken { port, log };
        }
        if says(&[
            "Permission denied",
            "wrong ownership",
            "invalid permissions",
        ]) {
            return ClusterError::PermissionDenied { path, log };
        }
        ClusterError::Failed { program, log }
    }

    fn disk_is_full(&self) -> bool {
        statvfs(&self.path).is_ok_and(|disk| {
            disk.blocks_available().saturating_mul(disk.fragment_size()) < FULL_BYTES
        })
    }
}
