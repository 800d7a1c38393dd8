//! The chain's head, signed every minute into a file outside the database: whoever can write the
//! database alone can neither cut the record's tail nor chain another record without it showing.
//!
//! One line a head, each a compact JWS (RFC 7515, EdDSA with Ed25519 by RFC 8037) over
//! [`Signed`] in JSON; each names the SHA-256 of the line before it. Any JOSE library reads them.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use contracts::journal::Check;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use pg::Database;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;

/// More than a line has, all of it ASCII.
const TAIL: u64 = 4_096;
const EVERY: Duration = Duration::from_mins(1);
/// A living platform has signed everything that is older than this, the newest head's age included.
const UNSIGNED_MAX: time::Duration = time::Duration::minutes(3);

/// Why heads can't be signed or read.
#[derive(Debug, thiserror::Error)]
pub enum HeadsError {
    /// A file can't be read or written.
    #[error("{}", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A key file that holds no Ed25519 key.
    #[error("{} is no Ed25519 key in PEM: bring it back from a backup", .0.display())]
    NoKey(PathBuf),
    /// The record could not be read.
    #[error("the record could not be read")]
    Record(#[from] sqlx::Error),
}

/// The pair of keys that heads are signed with.
pub struct HeadKey {
    signs: Option<EncodingKey>,
    verifies: DecodingKey,
}

/// One signed head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Signed {
    /// Whose record.
    service: String,
    /// How many events it had.
    seq: i64,
    /// The chain's hash there, in hex.
    hash: String,
    /// Real time, RFC 3339.
    at: String,
    /// SHA-256 of the line before in hex, empty for the first.
    previous: String,
}

/// The signed heads of all services, in one folder.
pub struct Heads {
    folder: PathBuf,
    key: HeadKey,
}

impl HeadKey {
    /// The key in this file, made at the first start; its public half lies in `public`.
    pub fn open(secret: &Path, public: &Path) -> Result<Self, HeadsError> {
        if !secret.exists() {
            let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_ED25519);
            let pair = pair.map_err(|_| HeadsError::NoKey(secret.to_owned()))?;
            write_new(secret, 0o600, &pair.serialize_pem())?;
        }
        let pem = fs::read_to_string(secret).map_err(at(secret))?;
        let no_key = || HeadsError::NoKey(secret.to_owned());
        let pair = rcgen::KeyPair::from_pem(&pem).map_err(|_| no_key())?;
        if !pair.is_compatible(&rcgen::PKCS_ED25519) {
            return Err(no_key());
        }
        if !public.exists() {
            write_new(public, 0o644, &pair.public_key_pem())?;
        }
        Ok(Self {
            signs: Some(EncodingKey::from_ed_pem(pem.as_bytes()).map_err(|_| no_key())?),
            verifies: verifying(&pair.public_key_pem()).ok_or_else(no_key)?,
        })
    }

    /// Only the public half: it verifies.
    pub fn public(file: &Path) -> Result<Self, HeadsError> {
        let pem = fs::read_to_string(file).map_err(at(file))?;
        let verifies = verifying(&pem);
        Ok(Self {
            signs: None,
            verifies: verifies.ok_or_else(|| HeadsError::NoKey(file.to_owned()))?,
        })
    }
}

fn verifying(pem: &str) -> Option<DecodingKey> {
    DecodingKey::from_ed_pem(pem.as_bytes()).ok()
}

impl Heads {
    /// Heads in this folder, which must be there.
    pub fn new(folder: PathBuf, key: HeadKey) -> Self {
        Self { folder, key }
    }

    /// Signs a service's head every minute, and at the end, when it is another than the last.
    pub async fn keep(&self, db: &Database, stop: CancellationToken) {
        loop {
            let stopped = tokio::select! {
                () = stop.cancelled() => true,
                () = tokio::time::sleep(EVERY) => false,
            };
            if let Err(error) = self.sign(db).await {
                let error = &error as &dyn std::error::Error;
                tracing::error!(
                    error,
                    service = db.service,
                    "the record's head was not signed"
                );
            }
            if stopped {
                return;
            }
        }
    }

    /// Signs the head now; nothing is written when it was signed before.
    pub async fn sign(&self, db: &Database) -> Result<(), HeadsError> {
        let newest = sqlx::query!("SELECT seq, hash FROM journal_order ORDER BY seq DESC LIMIT 1");
        let Some(newest) = newest.fetch_optional(db.worker()).await? else {
            return Ok(());
        };
        let Some(signs) = &self.key.signs else {
            return Ok(());
        };
        let path = self.path(db.service);
        let last = last_line(&path).map_err(at(&path))?;
        let signed = last.as_ref().and_then(|line| self.read(line));
        if signed.is_some_and(|signed| signed.seq >= newest.seq) {
            return Ok(());
        }
        let head = Signed {
            service: db.service.to_owned(),
            seq: newest.seq,
            hash: hex::encode(newest.hash),
            at: clock::to_text(clock::real_now()),
            previous: last.as_deref().map_or_else(String::new, digest),
        };
        let mut line = encode(&Header::new(Algorithm::EdDSA), &head, signs)
            .map_err(|_| HeadsError::NoKey(path.clone()))?;
        line.push('\n');
        let append = || {
            let mut file = OpenOptions::new()
                .create(true)
                .append(true)
                .mode(0o600)
                .open(&path)?;
            file.write_all(line.as_bytes())?;
            file.sync_data()
        };
        append().map_err(at(&path))
    }

    /// Holds the record against every head that was ever signed.
    pub async fn check(&self, db: &Database) -> Result<Check, HeadsError> {
        let text = whole_lines(&self.path(db.service))?;
        let (mut findings, mut heads) = (Vec::new(), Vec::<Signed>::new());
        let mut previous = String::new();
        for (number, line) in text.lines().enumerate() {
            let number = number + 1;
            match self.read(line) {
                None => findings.push(format!("line {number} was not signed with our key")),
                Some(head) if head.service != db.service || head.previous != previous => {
                    findings.push(format!("line {number} does not follow the one before"));
                }
                Some(head) => heads.push(head),
            }
            previous = digest(line);
        }
        let seqs: Vec<i64> = heads.iter().map(|head| head.seq).collect();
        let kept = sqlx::query!(
            "SELECT seq, hash FROM journal_order WHERE seq = ANY($1)",
            &seqs
        )
        .fetch_all(db.worker())
        .await?;
        let kept: std::collections::HashMap<i64, String> = kept
            .into_iter()
            .map(|row| (row.seq, hex::encode(row.hash)))
            .collect();
        for Signed { seq, hash, at, .. } in &heads {
            match kept.get(seq) {
                Some(kept) if kept == hash => {}
                Some(_) => findings.push(format!(
                    "place {seq} has not the hash that was signed at {at}: the record was rewritten"
                )),
                None => findings.push(format!(
                    "place {seq}, signed at {at}, is gone: the record was cut"
                )),
            }
        }
        findings.extend(unsigned(db, heads.last()).await?);
        Ok(Check {
            name: "the record is the one whose heads were signed".to_owned(),
            findings,
            examined: heads.len().try_into().unwrap_or(i64::MAX),
        })
    }

    fn path(&self, service: &str) -> PathBuf {
        self.folder.join(format!("{service}.jws"))
    }

    fn read(&self, line: &str) -> Option<Signed> {
        let mut rules = Validation::new(Algorithm::EdDSA);
        rules.required_spec_claims.clear();
        rules.validate_exp = false;
        rules.validate_aud = false;
        let read = decode::<Signed>(line, &self.key.verifies, &rules);
        read.ok().map(|read| read.claims)
    }
}

/// Events that a living platform would have signed long ago: between the last signed head and the
/// newest event lies more time than there may be.
async fn unsigned(db: &Database, last: Option<&Signed>) -> Result<Option<String>, sqlx::Error> {
    let after = last.map_or(0, |head| head.seq);
    let span = sqlx::query!(
        r#"SELECT min(j.at) AS "first: OffsetDateTime", max(j.at) AS "last: OffsetDateTime"
           FROM journal_order o JOIN journal j USING (event_id) WHERE o.seq > $1"#,
        after,
    )
    .fetch_one(db.worker())
    .await?;
    let (Some(first), Some(last)) = (span.first, span.last) else {
        return Ok(None);
    };
    let finding = format!("what stands after place {after} was not signed for minutes");
    Ok((last - first > UNSIGNED_MAX).then_some(finding))
}

/// The file's whole lines; what a power cut left of the last one is no line.
fn whole_lines(path: &Path) -> Result<String, HeadsError> {
    let mut text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(String::new()),
        Err(error) => return Err(at(path)(error)),
    };
    text.truncate(text.rfind('\n').map_or(0, |end| end + 1));
    Ok(text)
}

/// The last whole line; what a power cut left after it is taken away.
fn last_line(path: &Path) -> io::Result<Option<String>> {
    let mut file = match OpenOptions::new().read(true).write(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let length = file.metadata()?.len();
    let start = length.saturating_sub(TAIL);
    file.seek(SeekFrom::Start(start))?;
    let mut tail = String::new();
    file.read_to_string(&mut tail)?;
    let whole = tail.rfind('\n').map_or(0, |end| end + 1);
    if whole < tail.len() {
        tracing::warn!(file = %path.display(), "a signed head was cut off and is left out");
        file.set_len(start + whole as u64)?;
    }
    Ok(tail[..whole].lines().last().map(str::to_owned))
}

fn digest(line: &str) -> String {
    hex::encode(Sha256::digest(line))
}

fn write_new(path: &Path, mode: u32, text: &str) -> Result<(), HeadsError> {
    let write = || {
        let mut file: File = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(mode)
            .open(path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    write().map_err(at(path))
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> HeadsError {
    let path = path.to_owned();
    move |source| HeadsError::File { path, source }
}
