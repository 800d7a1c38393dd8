//! Finds an installed PostgreSQL: `$PG_BINDIR`, then the system's folders (newest first), then
//! `pg_config` and the search path.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::error::ClusterError;

/// The oldest major version that the migrations are written for.
const OLDEST: u32 = 15;
const SYSTEM: &str = "/usr/lib/postgresql";

/// One installed PostgreSQL.
#[derive(Debug)]
pub struct Binaries {
    bin: PathBuf,
    pub(super) major: u32,
}

impl Binaries {
    /// The newest usable installation; `only` is the one place to look, when it is given.
    pub fn installed(only: Option<&Path>) -> Result<Self, ClusterError> {
        Self::find(None, Path::new(""), only)
    }

    /// The folder of its programs.
    pub fn bin(&self) -> &Path {
        &self.bin
    }

    /// Its major version.
    pub const fn major(&self) -> u32 {
        self.major
    }

    /// The newest usable installation, or, for a data folder that exists, the one that made it;
    /// `only` is the one place to look, when it is given.
    pub(super) fn find(
        wanted: Option<u32>,
        data: &Path,
        only: Option<&Path>,
    ) -> Result<Self, ClusterError> {
        let (mut looked, mut newest) = (Vec::new(), None::<Self>);
        for bin in only.map_or_else(candidates, |only| vec![only.to_owned()]) {
            let major = major_of(&bin);
            looked.push(match major {
                Some(major) => format!("{} (version {major})", bin.display()),
                None => bin.display().to_string(),
            });
            let Some(major) = major.filter(|&major| major >= OLDEST) else {
                continue;
            };
            if wanted.is_none_or(|wanted| wanted == major) {
                return Ok(Self { bin, major });
            }
            newest.get_or_insert(Self { bin, major });
        }
        match (newest, wanted) {
            (
                Some(Self {
                    major: installed, ..
                }),
                Some(folder),
            ) => Err(ClusterError::OtherVersion {
                data: data.to_owned(),
                folder,
                installed,
            }),
            _ => Err(ClusterError::NotInstalled {
                looked: looked.join(", "),
            }),
        }
    }

    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.bin.join(name)
    }
}

/// Where to look, best first. An explicit `PG_BINDIR` is the only place then.
fn candidates() -> Vec<PathBuf> {
    if let Some(bin) = environment("PG_BINDIR").filter(|bin| !bin.is_empty()) {
        return vec![PathBuf::from(bin)];
    }
    let mut system: Vec<(u32, PathBuf)> = fs::read_dir(SYSTEM)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let major = entry.file_name().to_str()?.parse().ok()?;
            Some((major, entry.path().join("bin")))
        })
        .collect();
    system.sort_unstable_by(|a, b| b.cmp(a));
    let mut found: Vec<PathBuf> = system.into_iter().map(|(_, bin)| bin).collect();
    if let Some(bin) = output(Command::new("pg_config").arg("--bindir")) {
        found.push(PathBuf::from(bin.trim()));
    }
    let path = environment("PATH").unwrap_or_default();
    found.extend(std::env::split_paths(&path).filter(|bin| bin.join("initdb").is_file()));
    found
}

/// `postgres (PostgreSQL) 15.18 (Debian …)` gives 15; nothing when either program is missing.
fn major_of(bin: &Path) -> Option<u32> {
    if !bin.join("initdb").is_file() {
        return None;
    }
    let version = output(Command::new(bin.join("postgres")).arg("--version"))?;
    let number = version.split_whitespace().nth(2)?;
    number
        .split(|c: char| !c.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

fn output(command: &mut Command) -> Option<String> {
    let output = command
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()
}

#[expect(
    clippy::disallowed_methods,
    reason = "where programs are is the system's to say"
)]
fn environment(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}
