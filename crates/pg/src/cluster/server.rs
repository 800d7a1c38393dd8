//! Makes the database folder, starts the server in it, and stops it.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgSslMode};
use tokio::task::spawn_blocking;

use super::binaries::Binaries;
use super::error::ClusterError;
use super::folder::Folder;
use super::leftover;
use super::log::Log;
use super::watched::Watched;

/// The role that owns the cluster; see [`Cluster::superuser`].
pub const SUPERUSER: &str = "postgres";
/// Names the socket's file; nothing listens on TCP unless a port is asked for.
const SOCKET_PORT: u16 = 5432;
/// A crashed server replays its log first, which may take a while and must not be cut short.
const READY_WITHIN: Duration = Duration::from_mins(5);
const POLL: Duration = Duration::from_millis(20);
/// How often somebody looks whether the server is still there.
const LOOK: Duration = Duration::from_millis(200);

/// Durable first, then small: an installation that needs more sets it in `extra`.
const SETTINGS: &[(&str, &str)] = &[
    ("shared_buffers", "64MB"),
    ("max_connections", "150"),
    ("maintenance_work_mem", "32MB"),
    ("max_wal_size", "512MB"),
    ("max_parallel_workers_per_gather", "0"),
    ("jit", "off"),
    ("timezone", "UTC"),
    ("log_timezone", "UTC"),
];
/// Not to be changed by anybody, nor by what stands in the folder's own `postgresql.conf`.
const FIXED: &[(&str, &str)] = &[
    ("fsync", "on"),
    ("full_page_writes", "on"),
    ("synchronous_commit", "on"),
    ("logging_collector", "off"),
    ("log_destination", "stderr"),
    ("external_pid_file", ""),
];
const PLACE: &[&str] = &[
    "listen_addresses",
    "port",
    "unix_socket_directories",
    "data_directory",
    "hba_file",
    "config_file",
];

/// Roles may come by our socket without a password, and by TCP with one only.
const INITDB: &[&str] = &[
    "--username",
    SUPERUSER,
    "--encoding",
    "UTF8",
    "--data-checksums",
    "--no-instructions",
    "--auth-local",
    "trust",
    "--auth-host",
    "scram-sha-256",
];

/// What a private server needs to know.
#[derive(Clone, Debug)]
pub struct ClusterConfig {
    /// The folder that holds everything of this server; made when missing.
    pub data: PathBuf,
    /// The folder of PostgreSQL's programs, and the only place to look then. `None`: search.
    pub bin: Option<PathBuf>,
    /// Also listen on this port of 127.0.0.1, with passwords only. `None`: unix socket only.
    pub port: Option<u16>,
    /// Further server settings. Those that keep it durable and in its place are refused.
    pub extra: Vec<(String, String)>,
}

impl ClusterConfig {
    /// A server in `data`, by unix socket only.
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self {
            data: data.into(),
            bin: None,
            port: None,
            extra: Vec::new(),
        }
    }
}

/// A running private server. Dropping it stops the server too, but blocks: prefer [`Self::stop`].
#[derive(Debug)]
pub struct Cluster {
    server: Watched,
    /// The program and its arguments, to start it again with.
    command: (PathBuf, Vec<OsString>),
    socket: PathBuf,
    port: u16,
    folder: Folder,
}

impl Cluster {
    /// Starts the server in `config.data`, making the folder first when it is new, and returns when
    /// it takes connections. What an earlier, killed owner left running there is stopped first.
    ///
    /// Refuses a folder in use or of another major version; see [`ClusterError`].
    pub async fn start(config: ClusterConfig) -> Result<Self, ClusterError> {
        // When the caller goes away meanwhile, the finished cluster is dropped and so stopped.
        spawn_blocking(move || Self::start_blocking(&config))
            .await
            .expect("start does not panic")
    }

    /// Ends all connections, writes everything out, and returns when the server has ended.
    pub async fn stop(mut self) -> Result<(), ClusterError> {
        spawn_blocking(move || self.shut_down())
            .await
            .expect("stop does not panic")
    }

    /// Returns when the server has ended by itself, for example killed by the system.
    pub async fn ended(&mut self) {
        while self.server.ended().is_none() {
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Starts it again in its place, where connections find it, after it has [`Self::ended`].
    pub async fn restart(mut self) -> Result<Self, ClusterError> {
        spawn_blocking(move || {
            let log;
            (self.server, log) = spawn(&self.command, &self.folder)?;
            self.wait_until_ready(&log)?;
            Ok(self)
        })
        .await
        .expect("start does not panic")
    }

    /// How to connect to `database` as `user`, who needs no password on our socket.
    pub fn connect_options(&self, database: &str, user: &str) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .socket(&self.socket)
            .port(self.port)
            .ssl_mode(PgSslMode::Disable)
            .database(database)
            .username(user)
    }

    /// The role that owns the cluster; for making databases and roles, nothing else.
    pub fn superuser(&self) -> &str {
        SUPERUSER
    }

    /// The server's main process.
    pub fn pid(&self) -> u32 {
        self.server.id()
    }

    fn start_blocking(config: &ClusterConfig) -> Result<Self, ClusterError> {
        let begun = Instant::now();
        let settings = settings(config)?;
        let folder = Folder::take(&config.data)?;
        let major = folder.major()?;
        let binaries = Binaries::find(major, &folder.data, config.bin.as_deref())?;
        if major.is_none() {
            tracing::info!(
                version = binaries.major,
                "first start: making the database folder"
            );
            create(&folder, &binaries)?;
        }
        let socket = folder.socket()?;
        let mut arguments: Vec<OsString> = settings.into_iter().map(OsString::from).collect();
        arguments.extend(["-k".into(), socket.clone().into_os_string()]);
        let command = (binaries.program("postgres"), arguments);
        let (server, log) = spawn(&command, &folder)?;
        let port = config.port.unwrap_or(SOCKET_PORT);
        let mut cluster = Self {
            server,
            command,
            socket,
            port,
            folder,
        };
        cluster.wait_until_ready(&log)?;

        tracing::info!(pid = cluster.pid(), elapsed = ?begun.elapsed(), "database server is ready");
        Ok(cluster)
    }

    /// The server writes `ready` into the eighth line of `postmaster.pid` when it is.
    fn wait_until_ready(&mut self, log: &Log) -> Result<(), ClusterError> {
        let (pid, status) = (
            self.pid().to_string(),
            self.folder.pgdata().join("postmaster.pid"),
        );
        let begun = Instant::now();
        loop {
            let text = fs::read_to_string(&status).unwrap_or_default();
            let lines: Vec<&str> = text.lines().map(str::trim).collect();
            if lines.first() == Some(&pid.as_str()) && lines.get(7) == Some(&"ready") {
                return Ok(());
            }
            if self.server.ended().is_some() {
                return Err(log.explain("postgres", self.port));
            }
            if begun.elapsed() > READY_WITHIN {
                return Err(log.too_slow("postgres", READY_WITHIN.as_secs()));
            }
            sleep(POLL);
        }
    }

    fn shut_down(&mut self) -> Result<(), ClusterError> {
        self.server.stop()?;
        if !self.socket.starts_with(&self.folder.data) {
            // Made again at the next start; not worth failing for.
            let _gone = fs::remove_dir(&self.socket);
        }
        Ok(())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Err(error) = self.shut_down() {
            tracing::error!(%error, "database server was not stopped");
        }
    }
}

/// The server, once nobody else is in the folder.
fn spawn(
    (postgres, arguments): &(PathBuf, Vec<OsString>),
    folder: &Folder,
) -> Result<(Watched, Log), ClusterError> {
    leftover::stop(&folder.pgdata())?;
    let log = Log::open(folder)?;
    let server = Watched::spawn(postgres, arguments, folder, &folder.pgdata(), &log)?;
    Ok((server, log))
}

/// The server's command line. Settings given there win over every file in the folder.
fn settings(config: &ClusterConfig) -> Result<Vec<String>, ClusterError> {
    for (name, _) in &config.extra {
        let plain = name.to_ascii_lowercase().replace('-', "_");
        if FIXED.iter().any(|(fixed, _)| *fixed == plain) || PLACE.contains(&plain.as_str()) {
            return Err(ClusterError::FixedSetting { name: name.clone() });
        }
    }
    let address = config.port.map_or("", |_| "127.0.0.1");
    let place = [
        format!("port={}", config.port.unwrap_or(SOCKET_PORT)),
        format!("listen_addresses={address}"),
    ];
    let ours = SETTINGS
        .iter()
        .chain(FIXED)
        .map(|(name, value)| format!("{name}={value}"));
    let extra = config
        .extra
        .iter()
        .map(|(name, value)| format!("{name}={value}"));
    Ok(ours
        .chain(place)
        .chain(extra)
        .flat_map(|setting| ["-c".to_owned(), setting])
        .collect())
}

/// Makes the database folder under another name first, so that a half-made one is never taken for
/// whole.
fn create(folder: &Folder, binaries: &Binaries) -> Result<(), ClusterError> {
    let (draft, pgdata) = (folder.data.join("pgdata.new"), folder.pgdata());
    let log = Log::open(folder)?;
    // A system without C.UTF-8 sorts by plain C: the same order, by code point.
    for locale in ["C.UTF-8", "C"] {
        leftover::stop(&draft)?;
        if draft.exists() {
            fs::remove_dir_all(&draft).map_err(ClusterError::io("remove", &draft))?;
        }
        folder.create_private(&draft)?;
        let arguments = [INITDB, &["--locale", locale]].concat();
        let initdb = binaries.program("initdb");
        let mut initdb = Watched::spawn(&initdb, &arguments, folder, &draft, &log)?;
        let ended = initdb.ended_within(READY_WITHIN);
        if ended
            .ok_or_else(|| log.too_slow("initdb", READY_WITHIN.as_secs()))?
            .success()
        {
            return fs::rename(&draft, &pgdata)
                .and_then(|()| File::open(&folder.data)?.sync_all())
                .map_err(ClusterError::io("create", &pgdata));
        }
        if !log.tail().contains("invalid locale") {
            break;
        }
    }
    Err(log.explain("initdb", SOCKET_PORT))
}
