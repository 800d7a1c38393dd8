//! The data folder: whose it is, who is at work in it, and where its parts are.
//!
//! `platform.json` says whose it is; `running.json` is locked by the process at work and says how
//! to reach it; `postgres/`, `secrets/` and `mail/` are what their names say.

use std::fs::{self, DirBuilder, File, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use ids::TenantId;
use journal::{HeadKey, Heads};
use serde::{Deserialize, Serialize};

use crate::config::Settings;

const RUNNING: &str = "running.json";
const IDENTITY: &str = "platform.json";
const HEAD_KEY: &str = "heads.key";
const HEAD_PUBLIC: &str = "public.pem";
/// Where `pki init` puts certificates when nothing else is set.
const PKI: &str = "pki";

/// Whose data these are. Written once.
#[derive(Debug, Serialize, Deserialize)]
struct Identity {
    tenant: TenantId,
    demo: bool,
    /// It was up once: from then on its database must be there.
    #[serde(default)]
    begun: bool,
}

/// The process at work in a data folder.
#[derive(Debug, Serialize, Deserialize)]
pub struct Running {
    /// Its number.
    pub pid: u32,
    /// Where it answers; none before it does.
    pub url: Option<String>,
    /// The folder of its database's socket.
    pub socket: Option<PathBuf>,
}

/// A data folder that this process owns for as long as the value lives.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    /// The operator whose data these are.
    pub tenant: TenantId,
    /// Whether nothing was here before.
    pub is_new: bool,
    lock: File,
}

impl DataFolder {
    /// Makes the folder when it is missing and takes it for this process alone. Refuses one in use,
    /// one of another tenant, and a demo's for real data or the other way round.
    pub fn take(settings: &Settings) -> anyhow::Result<Self> {
        let given = &settings.data;
        create(given)
            .with_context(|| format!("cannot make the data folder {}", given.display()))?;
        let path = given
            .canonicalize()
            .context("cannot open the data folder")?;
        refuse_foreign(&path)?;
        let is_new = !path.join(IDENTITY).exists();
        let lock = lock(&path)?;
        let tenant = identity(&path, settings)?;
        let folder = Self {
            path,
            tenant,
            is_new,
            lock,
        };
        folder.announce(None, None)?;
        for (part, mode) in [("secrets", 0o700), ("mail", 0o700)] {
            let part = folder.path.join(part);
            if !part.is_dir() {
                let made = DirBuilder::new().mode(mode).create(&part);
                made.with_context(|| format!("cannot make {}", part.display()))?;
            }
        }
        Ok(folder)
    }

    /// Whether it was up before: its database and its secrets must be there.
    pub fn has_begun(&self) -> anyhow::Result<bool> {
        Ok(read(&self.path.join(IDENTITY))?.begun)
    }

    /// From here on a missing database is not made anew in silence.
    pub fn begun(&self) -> anyhow::Result<()> {
        let path = self.path.join(IDENTITY);
        let mut identity = read(&path)?;
        if identity.begun {
            return Ok(());
        }
        identity.begun = true;
        let draft = path.with_extension("json.new");
        fs::write(&draft, serde_json::to_string(&identity)?)
            .and_then(|()| fs::rename(&draft, &path))
            .with_context(|| format!("cannot write {}", path.display()))
    }

    /// The process at work in the folder, if there is one.
    pub fn running(data: &Path) -> anyhow::Result<Option<Running>> {
        let path = data.join(RUNNING);
        let mut file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                return Err(error).with_context(|| format!("cannot read {}", path.display()));
            }
        };
        match file.try_lock_shared() {
            Ok(()) => Ok(None),
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                file.read_to_string(&mut text)?;
                let running = serde_json::from_str(&text);
                Ok(Some(running.with_context(|| {
                    format!("{} is not readable yet: try again", path.display())
                })?))
            }
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// Says how this process is reached.
    pub fn announce(&self, url: Option<&str>, socket: Option<&Path>) -> anyhow::Result<()> {
        let running = Running {
            pid: std::process::id(),
            url: url.map(str::to_owned),
            socket: socket.map(Path::to_owned),
        };
        let text = serde_json::to_string(&running)?;
        let mut file = &self.lock;
        io::Seek::rewind(&mut file)?;
        self.lock.set_len(0)?;
        file.write_all(text.as_bytes())
            .context("cannot write running.json")
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The private PostgreSQL's.
    pub fn postgres(&self) -> PathBuf {
        self.path.join("postgres")
    }

    /// Signing keys and first passwords, for this process's user only.
    pub fn secrets(&self) -> PathBuf {
        self.path.join("secrets")
    }

    /// The records' signed heads, with the key that signs them.
    pub fn heads(&self, settings: &Settings) -> anyhow::Result<Heads> {
        let folder = &settings.heads;
        if !folder.is_dir() {
            let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
            made.with_context(|| format!("cannot make {}", folder.display()))?;
        }
        let secret = self.secrets().join(HEAD_KEY);
        let key = HeadKey::open(&secret, &folder.join(HEAD_PUBLIC));
        let key = key.context("the records' heads can't be signed")?;
        Ok(Heads::new(folder.clone(), key))
    }

    /// The signed heads of a folder that somebody may be at work in, for verifying; none when
    /// nothing was ever signed there.
    pub fn heads_to_read(settings: &Settings) -> anyhow::Result<Option<Heads>> {
        let public = settings.heads.join(HEAD_PUBLIC);
        let secret = settings.data.join("secrets").join(HEAD_KEY);
        let key = match (secret.exists(), public.exists()) {
            (true, _) => HeadKey::open(&secret, &public)?,
            (false, true) => HeadKey::public(&public)?,
            (false, false) => return Ok(None),
        };
        Ok(Some(Heads::new(settings.heads.clone(), key)))
    }

    /// Where mails are put as files.
    pub fn mail(&self) -> PathBuf {
        self.path.join("mail")
    }
}

/// Others may pass through to the database's own folder and see nothing on the way.
fn create(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    DirBuilder::new().mode(0o711).create(path)
}

/// Somebody else's files stay alone: a folder is empty, or has been a platform's before. Without
/// its identity it may hold no more than what a first start that was cut off leaves, or
/// certificates.
fn refuse_foreign(data: &Path) -> anyhow::Result<()> {
    if data.join(IDENTITY).exists() {
        return Ok(());
    }
    let entries = fs::read_dir(data).context("cannot list the data folder")?;
    for entry in entries {
        let name = entry?.file_name();
        if name != RUNNING && name != PKI {
            bail!(
                "the folder {} is not empty and no platform's (there is {}); choose another with \
                 --data",
                data.display(),
                name.display()
            );
        }
    }
    Ok(())
}

fn lock(data: &Path) -> anyhow::Result<File> {
    let path = data.join(RUNNING);
    let file = File::options()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .mode(0o600)
        .open(&path)
        .with_context(|| format!("cannot open {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            let running = fs::read_to_string(&path).ok();
            let running: Option<Running> =
                running.and_then(|text| serde_json::from_str(&text).ok());
            let by = running.map_or_else(
                || "another process".to_owned(),
                |running| format!("process {}", running.pid),
            );
            bail!(
                "the data folder {} is in use by {by}; stop that first, or choose another folder \
                 with --data",
                data.display()
            )
        }
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("cannot lock {}", path.display()))
        }
    }
}

fn identity(data: &Path, settings: &Settings) -> anyhow::Result<TenantId> {
    let path = data.join(IDENTITY);
    let kept = if path.exists() {
        read(&path)?
    } else {
        let new = Identity {
            tenant: settings.tenant.unwrap_or_else(TenantId::new),
            demo: settings.demo,
            begun: false,
        };
        fs::write(&path, serde_json::to_string(&new)?)
            .with_context(|| format!("cannot write {}", path.display()))?;
        new
    };
    if kept.begun && !data.join("postgres/pgdata").is_dir() {
        bail!(
            "the database of the data folder {} is gone: bring postgres/pgdata back from a backup, \
             or choose a new folder with --data",
            data.display()
        );
    }
    if kept.demo != settings.demo {
        bail!(
            "the data folder {} is {}; choose another with --data, or {} --demo",
            data.display(),
            if kept.demo { "a demo's" } else { "no demo's" },
            if kept.demo { "start with" } else { "leave out" },
        );
    }
    if settings.tenant.is_some_and(|wanted| wanted != kept.tenant) {
        bail!(
            "the data folder {} belongs to tenant {}, not to the configured one",
            data.display(),
            kept.tenant
        );
    }
    Ok(kept.tenant)
}

fn read(identity: &Path) -> anyhow::Result<Identity> {
    let text = fs::read_to_string(identity);
    let text = text.with_context(|| format!("{} cannot be read", identity.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} cannot be read", identity.display()))
}
