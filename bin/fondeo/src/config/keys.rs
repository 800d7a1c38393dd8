//! Every key there is: its default, its meaning, and how its text is taken.

use super::{Draft, LogFormat};

/// One key: what it is called, what it means, and how its text is taken.
pub(super) struct Key {
    pub name: &'static str,
    pub default: &'static str,
    pub help: &'static str,
    pub set: fn(&mut Draft, &str) -> Result<(), String>,
}

/// In the order of `--help`.
pub(super) const KEYS: &[Key] = &[
    Key {
        name: "data",
        default: "as root /var/lib/fondeo, else $XDG_DATA_HOME/fondeo; a demo's ends in -demo",
        help: "the data folder; as root not below a closed home, which PostgreSQL may not enter",
        set: |draft, text| {
            draft.data = Some(full(text)?.into());
            Ok(())
        },
    },
    Key {
        name: "listen",
        default: "127.0.0.1:8080",
        help: "address and port of the one listener; port 0 takes any free one",
        set: |draft, text| {
            let read = text.parse();
            draft.settings.listen = read.map_err(|_| "write it as 127.0.0.1:8080".to_owned())?;
            Ok(())
        },
    },
    Key {
        name: "public_url",
        default: "http:// and the listener",
        help: "the address that people use; https:// except on this machine",
        set: |draft, text| {
            draft.settings.public_url = Some(public_url(text)?);
            Ok(())
        },
    },
    Key {
        name: "tenant",
        default: "made at the first start",
        help: "the operator's id, a UUID; it never changes",
        set: |draft, text| {
            draft.settings.tenant = Some(text.parse().map_err(|_| "write a UUID".to_owned())?);
            Ok(())
        },
    },
    Key {
        name: "demo",
        default: "false",
        help: "invented people, movable time, GraphiQL; on this machine only",
        set: |draft, text| {
            draft.settings.demo = text.parse().map_err(|_| "write true or false".to_owned())?;
            Ok(())
        },
    },
    Key {
        name: "mail.from",
        default: "Fondeo <no-reply@fondeo.example>",
        help: "who the platform's mails come from",
        set: |draft, text| {
            draft.settings.mail_from = address(text)?;
            Ok(())
        },
    },
    Key {
        name: "auth.first_admin",
        default: "none",
        help: "e-mail of the first administrator; the password is put into secrets/first-admin",
        set: |draft, text| {
            draft.settings.first_admin = Some(address(text)?);
            Ok(())
        },
    },
    Key {
        name: "objects.folder",
        default: "objects in the data folder",
        help: "images and documents; parts that stand apart share it",
        set: |draft, text| {
            draft.settings.objects = full(text)?.into();
            Ok(())
        },
    },
    Key {
        name: "heads.folder",
        default: "heads in the data folder",
        help: "the records' signed heads; best where the databases' owner can't write",
        set: |draft, text| {
            draft.settings.heads = full(text)?.into();
            Ok(())
        },
    },
    Key {
        name: "postgres.bin",
        default: "searched for",
        help: "the folder of PostgreSQL's programs, version 15 or newer",
        set: |draft, text| {
            draft.settings.postgres_bin = Some(full(text)?.into());
            Ok(())
        },
    },
    Key {
        name: "log.level",
        default: "warn",
        help: "error, warn, info, debug, or by part: info,journal=debug",
        set: |draft, text| {
            tracing_subscriber::EnvFilter::try_new(text).map_err(|err| err.to_string())?;
            text.clone_into(&mut draft.settings.log_level);
            Ok(())
        },
    },
    Key {
        name: "log.format",
        default: "text",
        help: "text or json, on standard error",
        set: |draft, text| {
            draft.settings.log_format = match text {
                "text" => LogFormat::Text,
                "json" => LogFormat::Json,
                _ => return Err("write text or json".to_owned()),
            };
            Ok(())
        },
    },
    Key {
        name: "apart.database",
        default: "none",
        help: "for `serve`: postgres://{role}@host/fondeo_{service}; passwords from ~/.pgpass",
        set: |draft, text| {
            draft.settings.apart.database = Some(template(text, &["{service}", "{role}"])?);
            Ok(())
        },
    },
    Key {
        name: "apart.owner",
        default: "none",
        help: "for `migrate`: postgres://… of a role that may make roles and databases",
        set: |draft, text| {
            draft.settings.apart.owner = Some(template(text, &[])?);
            Ok(())
        },
    },
    Key {
        name: "apart.host",
        default: "127.0.0.1",
        help: "for `serve`: where services listen for each other",
        set: |draft, text| {
            let read = text.parse();
            draft.settings.apart.host = read.map_err(|_| "write an IP address".to_owned())?;
            Ok(())
        },
    },
    Key {
        name: "apart.port",
        default: "7100",
        help: "for `serve`: auth's port; users, projects, participation, accounting and \
               notification have the next ones",
        set: |draft, text| {
            let read = text.parse();
            draft.settings.apart.port = read
                .ok()
                .filter(|port| (1..=65_000).contains(port))
                .ok_or_else(|| "write a port from 1 to 65000".to_owned())?;
            Ok(())
        },
    },
    Key {
        name: "apart.peer",
        default: "https://127.0.0.1:{port}",
        help: "for `serve`: where the others are, as https://{service}.example:{port}",
        set: |draft, text| {
            draft.settings.apart.peer = template(text, &[])?;
            Ok(())
        },
    },
    Key {
        name: "apart.pki",
        default: "pki in the data folder",
        help: "for `serve`: the folder of ca.pem and the parts' certificates; see `fondeo pki`",
        set: |draft, text| {
            draft.settings.apart.pki = full(text)?.into();
            Ok(())
        },
    },
];

fn full(text: &str) -> Result<&str, String> {
    if text.is_empty() {
        Err("it is empty".to_owned())
    } else {
        Ok(text)
    }
}

/// An address that names each of the places to fill in.
fn template(text: &str, places: &[&str]) -> Result<String, String> {
    match places.iter().find(|place| !text.contains(**place)) {
        Some(missing) => Err(format!("{missing} is missing in it")),
        None => full(text).map(str::to_owned),
    }
}

fn address(text: &str) -> Result<String, String> {
    if text.contains('@') {
        Ok(text.to_owned())
    } else {
        Err("write an e-mail address".to_owned())
    }
}

fn public_url(text: &str) -> Result<String, String> {
    let url = reqwest::Url::parse(text).map_err(|err| err.to_string())?;
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err("write scheme, host and port only".to_owned());
    }
    let is_near = matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
    match url.scheme() {
        "https" => {}
        "http" if is_near => {}
        _ => return Err("it must be https://, or http:// on this machine".to_owned()),
    }
    Ok(text.trim_end_matches('/').to_owned())
}
