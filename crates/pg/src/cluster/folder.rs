//! The data folder: its one owner (a lock), who the server runs as, and where its socket is.

use std::collections::hash_map::RandomState;
use std::fs::{self, DirBuilder, File, TryLockError};
use std::hash::{BuildHasher, Hasher};
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use nix::unistd::{Gid, Uid, User, geteuid};

use super::error::ClusterError;

/// Longest socket path that the kernel takes (`sun_path`), and the longest file name in it.
const SOCKET_PATH_MAX: usize = 107;
const SOCKET_FILE: &str = "/.s.PGSQL.65535";

/// A data folder that this process owns for as long as the value lives.
#[derive(Debug)]
pub(super) struct Folder {
    pub(super) data: PathBuf,
    /// Set when we are root: PostgreSQL refuses to be.
    pub(super) run_as: Option<User>,
    /// Held, not read: the lock ends with the process, however that ends.
    _lock: File,
}

impl Folder {
    /// Creates the folder when it is missing, and takes it for this process alone.
    pub(super) fn take(data: &Path) -> Result<Self, ClusterError> {
        create(data).map_err(ClusterError::io("create", data))?;
        let data = data
            .canonicalize()
            .map_err(ClusterError::io("open", data))?;
        let lock = lock(&data)?;
        let run_as = if geteuid().is_root() {
            Some(server_user(&data)?)
        } else {
            None
        };
        let folder = Self {
            data,
            run_as,
            _lock: lock,
        };
        folder.let_the_server_in()?;
        Ok(folder)
    }

    pub(super) fn pgdata(&self) -> PathBuf {
        self.data.join("pgdata")
    }

    pub(super) fn log(&self) -> PathBuf {
        self.data.join("postgres.log")
    }

    /// The major version that made the folder; nothing when it is new.
    pub(super) fn major(&self) -> Result<Option<u32>, ClusterError> {
        let pgdata = self.pgdata();
        match fs::read_to_string(pgdata.join("PG_VERSION")) {
            Ok(text) => match text.trim().parse() {
                Ok(major) => Ok(Some(major)),
                Err(_) => Err(ClusterError::NotACluster { pgdata }),
            },
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(ClusterError::io("read", &pgdata)(error))
            }
            Err(_) if pgdata.exists() => Err(ClusterError::NotACluster { pgdata }),
            Err(_) => Ok(None),
        }
    }

    /// A new folder that only the server's user may enter.
    pub(super) fn create_private(&self, path: &Path) -> Result<(), ClusterError> {
        DirBuilder::new()
            .mode(0o700)
            .create(path)
            .map_err(ClusterError::io("create", path))?;
        if let Some(User { uid, gid, .. }) = &self.run_as {
            let owned = chown(path, Some(uid.as_raw()), Some(gid.as_raw()));
            owned.map_err(ClusterError::io("change the owner of", path))?;
        }
        Ok(())
    }

    /// The socket's folder: in the data folder, or, when that path is too long for a socket, a
    /// short one below the temporary folder, remembered in the data folder.
    pub(super) fn socket(&self) -> Result<PathBuf, ClusterError> {
        let near = self.data.join("socket");
        if fits(&near) {
            if !self.is_private(&near) {
                self.create_private(&near)?;
            }
            return Ok(near);
        }
        let note = self.data.join("socket.path");
        if let Ok(earlier) = fs::read_to_string(&note)
            && self.is_private(Path::new(&earlier))
        {
            return Ok(PathBuf::from(earlier));
        }
        let name = format!("pg-{:016x}", RandomState::new().build_hasher().finish());
        let far = std::env::temp_dir().join(name);
        if !fits(&far) {
            return Err(ClusterError::SocketPathTooLong { socket: far });
        }
        self.create_private(&far)?;
        fs::write(&note, far.as_os_str().as_bytes()).map_err(ClusterError::io("write", &note))?;
        Ok(far)
    }

    /// Says so when a folder on the way to the data is closed to the server's user.
    pub(super) fn closed(&self) -> Option<ClusterError> {
        let user = self.run_as.as_ref()?;
        let mut way: Vec<&Path> = self.data.ancestors().collect();
        way.reverse();
        let closed = way
            .into_iter()
            .find(|step| !may_enter(step, user.uid, user.gid))?
            .to_owned();
        Some(ClusterError::FolderClosed {
            user: user.name.clone(),
            closed,
        })
    }

    /// Nobody else can have put a socket there: a real folder, the server's own, closed to others.
    fn is_private(&self, path: &Path) -> bool {
        let owner = self.run_as.as_ref().map_or_else(geteuid, |user| user.uid);
        fs::symlink_metadata(path).is_ok_and(|found| {
            found.is_dir() && found.uid() == owner.as_raw() && found.mode() & 0o777 == 0o700
        })
    }

    /// As root, a closed data folder is opened by one step to the server's group, no further.
    fn let_the_server_in(&self) -> Result<(), ClusterError> {
        let Some(User { uid, gid, .. }) = &self.run_as else {
            return Ok(());
        };
        if may_enter(&self.data, *uid, *gid) {
            return Ok(());
        }
        let failed = ClusterError::io("open to the server", &self.data);
        let mode = fs::metadata(&self.data).map(|found| found.permissions().mode());
        chown(&self.data, None, Some(gid.as_raw()))
            .and(mode)
            .and_then(|mode| {
                fs::set_permissions(&self.data, PermissionsExt::from_mode(mode | 0o010))
            })
            .map_err(failed)
    }
}

/// The data are nobody else's to read; the folders on the way to them are none of our business.
fn create(data: &Path) -> io::Result<()> {
    if data.is_dir() {
        return Ok(());
    }
    data.parent().map_or(Ok(()), fs::create_dir_all)?;
    DirBuilder::new().mode(0o700).create(data)
}

/// The server takes a list of folders there, parted by commas.
fn fits(socket: &Path) -> bool {
    let path = socket.as_os_str().as_bytes();
    path.len() + SOCKET_FILE.len() <= SOCKET_PATH_MAX && !path.iter().any(|b| b",\"".contains(b))
}

fn may_enter(folder: &Path, uid: Uid, gid: Gid) -> bool {
    fs::metadata(folder).is_ok_and(|found| {
        let wanted = match (found.uid() == uid.as_raw(), found.gid() == gid.as_raw()) {
            (true, _) => 0o100,
            (false, true) => 0o010,
            (false, false) => 0o001,
        };
        found.mode() & wanted != 0
    })
}

fn lock(data: &Path) -> Result<File, ClusterError> {
    let path = data.join("owner.lock");
    let mut file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(ClusterError::io("open", &path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let pid = fs::read_to_string(&path)
                .ok()
                .and_then(|text| text.trim().parse().ok());
            return Err(ClusterError::DataFolderInUse {
                data: data.to_owned(),
                pid,
            });
        }
        Err(TryLockError::Error(source)) => return Err(ClusterError::io("lock", &path)(source)),
    }
    file.set_len(0)
        .and_then(|()| writeln!(file, "{}", std::process::id()))
        .map_err(ClusterError::io("write", &path))?;
    Ok(file)
}

/// Whoever owns the data already, so that a later start agrees with an earlier one.
fn server_user(data: &Path) -> Result<User, ClusterError> {
    let earlier = fs::metadata(data.join("pgdata"))
        .ok()
        .filter(|found| found.uid() != 0)
        .and_then(|found| User::from_uid(Uid::from_raw(found.uid())).ok().flatten());
    let named = |name| User::from_name(name).ok().flatten();
    earlier
        .or_else(|| named("postgres"))
        .or_else(|| named("nobody"))
        .ok_or(ClusterError::NoServerUser)
}
