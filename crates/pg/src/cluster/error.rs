//! Why a private server could not be started or stopped, and what to do about it.

use std::io;
use std::path::{Path, PathBuf};

/// A refusal or fault of [`super::Cluster`]. `code` is stable; the text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// No usable PostgreSQL was found.
    #[error(
        "PostgreSQL 15 or newer was not found (looked at: {looked}); install it with \
         `sudo apt-get install --yes postgresql`, or set PG_BINDIR to the folder of its programs"
    )]
    NotInstalled {
        /// The places that were searched, with the version where one was found.
        looked: String,
    },
    /// Another process owns the folder.
    #[error(
        "the data folder {} is in use by {}; stop that first, or choose another folder",
        .data.display(),
        .pid.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"))
    )]
    DataFolderInUse {
        /// The folder asked for.
        data: PathBuf,
        /// Its owner, when it could be read.
        pid: Option<u32>,
    },
    /// The folder was made by a PostgreSQL whose files the installed one cannot read.
    #[error(
        "the data folder {} was made by PostgreSQL {folder}, but PostgreSQL {installed} is \
         installed; install the other beside it (`sudo apt-get install --yes \
         postgresql-{folder}`), or move the data with pg_dump or pg_upgrade",
        .data.display()
    )]
    OtherVersion {
        /// The folder asked for.
        data: PathBuf,
        /// Major version that made the folder.
        folder: u32,
        /// Major version found on this machine.
        installed: u32,
    },
    /// There is something in the place of the database that PostgreSQL did not make.
    #[error(
        "{} is not a PostgreSQL data folder; move it away or choose another",
        .pgdata.display()
    )]
    NotACluster {
        /// The folder that was found.
        pgdata: PathBuf,
    },
    /// A setting that would weaken the server or move it out of its folder.
    #[error("the setting `{name}` of the private server is fixed and cannot be given")]
    FixedSetting {
        /// The setting's name.
        name: String,
    },
    /// We are root, PostgreSQL refuses to be, and there is nobody to become.
    #[error("started as root, but there is no user `postgres` or `nobody` to run PostgreSQL as")]
    NoServerUser,
    /// The user that the server runs as cannot reach the data folder.
    #[error(
        "the user `{user}`, as whom PostgreSQL runs, may not enter {}; choose a data folder \
         outside it, or start as an ordinary user",
        .closed.display()
    )]
    FolderClosed {
        /// The server's user.
        user: String,
        /// The first folder on the way that is closed to it.
        closed: PathBuf,
    },
    /// A unix socket's path may have 107 bytes.
    #[error("the socket path {} is too long, even below the temporary folder", .socket.display())]
    SocketPathTooLong {
        /// The folder that was tried.
        socket: PathBuf,
    },
    /// The disk is full.
    #[error(
        "the disk that holds {} is full; free some space and start again{}",
        .path.display(),
        tail(.log)
    )]
    DiskFull {
        /// A file or folder on that disk.
        path: PathBuf,
        /// The end of the server's log.
        log: String,
    },
    /// The TCP port (or a socket of that number) belongs to somebody else.
    #[error("port {port} is taken; choose another{}", tail(.log))]
    PortTaken {
        /// The port asked for.
        port: u16,
        /// The end of the server's log.
        log: String,
    },
    /// The server may not read or write its own folder.
    #[error("PostgreSQL may not use the folder of {}{}", .path.display(), tail(.log))]
    PermissionDenied {
        /// A file in that folder.
        path: PathBuf,
        /// The end of the server's log.
        log: String,
    },
    /// `initdb` or the server ended with an error of another kind.
    #[error("{program} failed{}", tail(.log))]
    Failed {
        /// `initdb` or `postgres`.
        program: &'static str,
        /// The end of its log.
        log: String,
    },
    /// It did not get ready, or done, in time.
    #[error("{program} was not ready after {seconds} s{}", tail(.log))]
    TooSlow {
        /// `initdb` or `postgres`.
        program: &'static str,
        /// How long we waited.
        seconds: u64,
        /// The end of its log.
        log: String,
    },
    /// A server process did not even react to SIGQUIT.
    #[error("the PostgreSQL process {pid} does not stop; look at it before starting again")]
    StillRunning {
        /// That process.
        pid: u32,
    },
    /// The operating system refused something.
    #[error("cannot {action} {}", .path.display())]
    Io {
        /// What was tried, as a verb: "create", "lock" …
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

impl ClusterError {
    /// The stable name of this error, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotInstalled { .. } => "postgres_not_installed",
            Self::DataFolderInUse { .. } => "data_folder_in_use",
            Self::OtherVersion { .. } => "data_folder_of_other_version",
            Self::NotACluster { .. } => "not_a_data_folder",
            Self::FixedSetting { .. } => "fixed_setting",
            Self::NoServerUser => "no_server_user",
            Self::FolderClosed { .. } => "data_folder_closed",
            Self::SocketPathTooLong { .. } => "socket_path_too_long",
            Self::DiskFull { .. } => "disk_full",
            Self::PortTaken { .. } => "port_taken",
            Self::PermissionDenied { .. } => "permission_denied",
            Self::Failed { .. } => "postgres_failed",
            Self::TooSlow { .. } => "postgres_too_slow",
            Self::StillRunning { .. } => "postgres_does_not_stop",
            Self::Io { .. } => "io_failed",
        }
    }

    /// For `map_err`: what was tried, on which path.
    pub(super) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| match source.kind() {
            io::ErrorKind::StorageFull => Self::DiskFull {
                path,
                log: String::new(),
            },
            _ => Self::Io {
                action,
                path,
                source,
            },
        }
    }
}

fn tail(log: &str) -> String {
    if log.is_empty() {
        String::new()
    } else {
        format!("; the end of its log:\n{log}")
    }
}
