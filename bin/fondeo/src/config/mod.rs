//! Settings: a file, then the environment, then the flags, each stronger than the one before. A
//! key that nobody knows or a value that cannot be read stops the program, with its origin named.

mod keys;

use std::ffi::OsString;
use std::fmt::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use ids::TenantId;
use nix::unistd::geteuid;

use keys::KEYS;

/// The file that is read when none is named and it is there.
const FILE: &str = "fondeo.toml";
const PREFIX: &str = "FONDEO_";

/// Everything that can be set, checked.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The data folder.
    pub data: PathBuf,
    /// Where the one listener listens.
    pub listen: SocketAddr,
    /// The address that people use, without a slash at its end; none: that of the listener.
    pub public_url: Option<String>,
    /// The operator's id; none: made at the first start.
    pub tenant: Option<TenantId>,
    /// Whether this is a demonstration: invented people, movable time, on this machine only.
    pub demo: bool,
    /// Who mails come from.
    pub mail_from: String,
    /// The e-mail of the first administrator.
    pub first_admin: Option<String>,
    /// Where images and documents are kept.
    pub objects: PathBuf,
    /// Where the records' signed heads are kept.
    pub heads: PathBuf,
    /// The folder of PostgreSQL's programs; none: search.
    pub postgres_bin: Option<PathBuf>,
    /// What is logged.
    pub log_level: String,
    /// How it is logged.
    pub log_format: LogFormat,
    /// What holds for parts that stand apart.
    pub apart: Apart,
}

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For programs: one object a line.
    Json,
}

/// Where the parts are when each stands in a process of its own.
#[derive(Clone, Debug)]
pub struct Apart {
    /// A service's database, with `{service}` and `{role}` to be filled in.
    pub database: Option<String>,
    /// A server's address for a role that may make roles and databases.
    pub owner: Option<String>,
    /// Where services listen for each other.
    pub host: IpAddr,
    /// The port of the first service in the call graph; the others follow.
    pub port: u16,
    /// A service's address, with `{service}` and `{port}` to be filled in.
    pub peer: String,
    /// The folder with `ca.pem`, and `<part>.pem` and `<part>.key` of the parts.
    pub pki: PathBuf,
}

impl Apart {
    /// A service's port.
    pub fn port_of(&self, service: &str) -> u16 {
        let place = service::SERVICES.iter().position(|known| *known == service);
        let place = place.and_then(|place| u16::try_from(place).ok());
        self.port
            .saturating_add(place.expect("only services listen"))
    }

    /// A service's address.
    pub fn peer_of(&self, service: &str) -> String {
        let port = self.port_of(service).to_string();
        let named = self.peer.replace("{service}", service);
        named.replace("{port}", &port)
    }
}

/// The settings while they are read: the data folder's default depends on the others.
struct Draft {
    data: Option<PathBuf>,
    settings: Settings,
}

/// Where a value was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In a settings file.
    File(PathBuf),
    /// As an environment variable.
    Environment(String),
    /// On the command line.
    Flag(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "the file {}", path.display()),
            Self::Environment(name) => write!(f, "the environment variable {name}"),
            Self::Flag(name) => write!(f, "the flag --{name}"),
        }
    }
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// There is no such key.
    #[error("{origin}: there is no key `{key}`; the keys are {}", names())]
    UnknownKey {
        /// As it was given.
        key: String,
        /// Where.
        origin: Origin,
    },
    /// The key is known, its value cannot be read.
    #[error("{origin}: `{key}` cannot be `{given}`: {why}")]
    BadValue {
        /// The key.
        key: String,
        /// Its value.
        given: String,
        /// What is wrong with it.
        why: String,
        /// Where.
        origin: Origin,
    },
    /// The file cannot be read.
    #[error("the file {} cannot be read", .path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is no TOML.
    #[error("the file {} is no TOML: {why}", .path.display())]
    Malformed {
        /// Which.
        path: PathBuf,
        /// Where and why.
        why: String,
    },
    /// Two values do not go together.
    #[error("{0}")]
    Contradiction(&'static str),
}

impl Settings {
    /// Reads file, environment and `flags` (key and value), and checks them together.
    pub fn load(file: Option<&Path>, flags: &[(&str, String)]) -> Result<Self, ConfigError> {
        Self::read(file, std::env::vars_os(), flags)
    }

    /// What parts that stand apart must be told, because they can't find it out together.
    pub fn check_apart(&self) -> Result<(), ConfigError> {
        let missing = if self.tenant.is_none() {
            "`serve` needs `tenant`: the operator's id, the same for all parts"
        } else if self.public_url.is_none() {
            "`serve` needs `public_url`: the address that people use, the same for all parts"
        } else {
            return Ok(());
        };
        Err(ConfigError::Contradiction(missing))
    }

    fn read(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
        flags: &[(&str, String)],
    ) -> Result<Self, ConfigError> {
        let mut given = Vec::new();
        let path = file.unwrap_or(Path::new(FILE));
        if file.is_some() || path.exists() {
            given.extend(of_file(path)?);
        }
        given.extend(of_environment(environment));
        for (key, value) in flags {
            let origin = Origin::Flag(key.replace(['.', '_'], "-"));
            given.push(((*key).to_owned(), value.clone(), origin));
        }
        let mut draft = Draft::default();
        for (key, value, origin) in given {
            let Some(known) = KEYS.iter().find(|known| known.name == key) else {
                return Err(ConfigError::UnknownKey { key, origin });
            };
            (known.set)(&mut draft, &value).map_err(|why| ConfigError::BadValue {
                key,
                given: value,
                why,
                origin,
            })?;
        }
        draft.checked()
    }
}

impl Default for Draft {
    fn default() -> Self {
        let settings = Settings {
            data: PathBuf::new(),
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: None,
            tenant: None,
            demo: false,
            mail_from: "Fondeo <no-reply@fondeo.example>".to_owned(),
            first_admin: None,
            objects: PathBuf::new(),
            heads: PathBuf::new(),
            postgres_bin: None,
            log_level: "warn".to_owned(),
            log_format: LogFormat::Text,
            apart: Apart {
                database: None,
                owner: None,
                host: IpAddr::V4(Ipv4Addr::LOCALHOST),
                port: 7100,
                peer: "https://127.0.0.1:{port}".to_owned(),
                pki: PathBuf::new(),
            },
        };
        Self {
            data: None,
            settings,
        }
    }
}

impl Draft {
    fn checked(self) -> Result<Settings, ConfigError> {
        let Self { data, mut settings } = self;
        let is_open = !settings.listen.ip().is_loopback();
        if settings.demo && is_open {
            return Err(ConfigError::Contradiction(
                "a demo has known passwords and movable time: `listen` must be 127.0.0.1 or [::1]",
            ));
        }
        if settings.demo && settings.first_admin.is_some() {
            return Err(ConfigError::Contradiction(
                "a demo brings its own administrators: leave `auth.first_admin` out",
            ));
        }
        if is_open && settings.public_url.is_none() {
            return Err(ConfigError::Contradiction(
                "`listen` is open to the network: set `public_url` to the https:// address of \
                 what stands in front",
            ));
        }
        settings.data = data.unwrap_or_else(|| default_data(settings.demo));
        if settings.objects.as_os_str().is_empty() {
            settings.objects = settings.data.join("objects");
        }
        if settings.heads.as_os_str().is_empty() {
            settings.heads = settings.data.join("heads");
        }
        if settings.apart.pki.as_os_str().is_empty() {
            settings.apart.pki = settings.data.join("pki");
        }
        Ok(settings)
    }
}

/// The keys with their meaning, for `--help`.
pub fn help() -> String {
    let mut text = format!(
        "Settings: {FILE} in the working directory or --config FILE, then the environment, then \
         flags.\n"
    );
    for key in KEYS {
        let (name, variable) = (key.name, variable(key.name));
        write!(text, "\n  {name} ({variable})\n      {}", key.help).expect("memory");
        write!(text, "\n      default: {}\n", key.default).expect("memory");
    }
    text
}

fn names() -> String {
    let names: Vec<&str> = KEYS.iter().map(|key| key.name).collect();
    names.join(", ")
}

fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.to_uppercase().replace('.', "_"))
}

type Given = (String, String, Origin);

fn of_file(path: &Path) -> Result<Vec<Given>, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    let table: toml::Table = text.parse().map_err(|err: toml::de::Error| {
        let (path, why) = (path.to_owned(), err.to_string());
        ConfigError::Malformed { path, why }
    })?;
    let mut given = Vec::new();
    flatten("", &table, &Origin::File(path.to_owned()), &mut given)?;
    Ok(given)
}

fn flatten(
    above: &str,
    table: &toml::Table,
    origin: &Origin,
    given: &mut Vec<Given>,
) -> Result<(), ConfigError> {
    for (name, value) in table {
        let key = format!("{above}{name}");
        let text = match value {
            toml::Value::Table(below) => {
                flatten(&format!("{key}."), below, origin, given)?;
                continue;
            }
            toml::Value::String(text) => text.clone(),
            toml::Value::Integer(_) | toml::Value::Boolean(_) => value.to_string(),
            toml::Value::Float(_) | toml::Value::Datetime(_) | toml::Value::Array(_) => {
                return Err(ConfigError::BadValue {
                    key,
                    given: value.to_string(),
                    why: "write a text, a whole number, true or false".to_owned(),
                    origin: origin.clone(),
                });
            }
        };
        given.push((key, text, origin.clone()));
    }
    Ok(())
}

/// Every variable with our prefix must be a key: a misspelt one would be a setting that is silently
/// not made.
fn of_environment(all: impl IntoIterator<Item = (OsString, OsString)>) -> Vec<Given> {
    let mut given: Vec<Given> = all
        .into_iter()
        .filter_map(|(name, value)| {
            let name = name.to_string_lossy().into_owned();
            name.starts_with(PREFIX).then(|| {
                let known = KEYS.iter().find(|key| variable(key.name) == name);
                let key = known.map_or_else(|| name.clone(), |key| key.name.to_owned());
                let value = value.to_string_lossy().into_owned();
                (key, value, Origin::Environment(name))
            })
        })
        .collect();
    given.sort_by(|a, b| a.0.cmp(&b.0));
    given
}

/// A demo never shares a folder with real data.
fn default_data(demo: bool) -> PathBuf {
    let name = if demo { "fondeo-demo" } else { "fondeo" };
    if geteuid().is_root() {
        return Path::new("/var/lib").join(name);
    }
    let folder = environment("XDG_DATA_HOME")
        .map(PathBuf::from)
        .or_else(|| environment("HOME").map(|home| Path::new(&home).join(".local/share")));
    folder.unwrap_or_else(|| PathBuf::from("data")).join(name)
}

#[expect(
    clippy::disallowed_methods,
    reason = "where a person's data are is the system's to say"
)]
fn environment(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &str, environment: &[(&str, &str)], flags: &[(&str, &str)]) -> Answer {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(FILE);
        std::fs::write(&path, file).expect("written");
        let environment = environment
            .iter()
            .map(|(name, value)| (OsString::from(name), OsString::from(value)));
        let flags: Vec<_> = flags
            .iter()
            .map(|(key, value)| (*key, (*value).to_owned()))
            .collect();
        Settings::read(Some(&path), environment, &flags).map_err(|err| err.to_string())
    }

    type Answer = Result<Settings, String>;

    #[test]
    fn flags_win_over_the_environment_and_that_over_the_file() {
        let file = "listen = '127.0.0.1:1'\ndata = 'of-file'\n[log]\nlevel = 'info'";
        let settings = read(
            file,
            &[
                ("FONDEO_LISTEN", "127.0.0.1:2"),
                ("FONDEO_LOG_LEVEL", "debug"),
                ("HOME", "/"),
            ],
            &[("listen", "127.0.0.1:3")],
        )
        .expect("good");
        assert_eq!(settings.listen.port(), 3);
        assert_eq!(settings.log_level, "debug");
        assert_eq!(settings.data, Path::new("of-file"));
    }

    #[test]
    fn what_is_unknown_or_unreadable_is_named_with_its_origin() {
        for (file, variable, words) in [
            ("colour = 'red'", "", ["fondeo.toml", "`colour`"]),
            ("[mail]\nform = 'a@b'", "", ["fondeo.toml", "`mail.form`"]),
            ("listen = 'here'", "", ["fondeo.toml", "`here`"]),
            ("listen = [1]", "", ["fondeo.toml", "`listen`"]),
            ("listen =", "", ["fondeo.toml", "TOML"]),
            ("", "FONDEO_LISTENS", ["FONDEO_LISTENS", "no key"]),
            ("", "FONDEO_TENANT", ["FONDEO_TENANT", "UUID"]),
        ] {
            let environment: &[_] = match variable {
                "" => &[],
                name => &[(name, "x")],
            };
            let refused = read(file, environment, &[]).expect_err(file);
            for word in words {
                assert!(refused.contains(word), "{word} is not in: {refused}");
            }
        }
    }

    #[test]
    fn what_would_open_a_door_is_refused() {
        for (flags, word) in [
            (vec![("demo", "true"), ("listen", "0.0.0.0:80")], "demo"),
            (vec![("listen", "0.0.0.0:80")], "public_url"),
            (vec![("public_url", "http://fondeo.example")], "https"),
            (vec![("public_url", "https://fondeo.example/a")], "only"),
            (vec![("demo", "true"), ("auth.first_admin", "a@b.c")], "own"),
        ] {
            let refused = read("", &[], &flags).expect_err(word);
            assert!(refused.contains(word), "{word} is not in: {refused}");
        }
        let open = [
            ("listen", "0.0.0.0:80"),
            ("public_url", "https://f.example/"),
        ];
        let settings = read("", &[], &open).expect("good");
        assert_eq!(settings.public_url.as_deref(), Some("https://f.example"));
    }

    #[test]
    fn the_page_about_settings_has_every_key() {
        let page = include_str!("../../../../docs/configuration.md");
        for key in KEYS {
            let row = format!("| `{}` | `{}` |", key.name, variable(key.name));
            assert!(page.contains(&row), "{row}");
            assert!(help().contains(key.help));
        }
    }
}
