//! Certificates for programs that speak to each other, from an authority of the operator's own.
//! For development and small installations; a larger one brings its own (cert-manager).

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose,
};
use time::{Duration, OffsetDateTime};

use crate::far::{Credentials, DOMAIN};

/// How long the authority is believed, and a program.
const AUTHORITY_LASTS: Duration = Duration::days(3_650);
const PROGRAM_LASTS: Duration = Duration::days(398);
/// Clocks differ.
const EARLIER: Duration = Duration::hours(1);

/// Why there are no certificates.
#[derive(Debug, thiserror::Error)]
pub enum PkiError {
    /// There is one already, and programs believe it.
    #[error("{} is there already: its certificates stay as they are", .0.display())]
    Exists(PathBuf),
    /// A file can't be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The cryptography refused.
    #[error(transparent)]
    Rcgen(#[from] rcgen::Error),
}

/// Makes a new authority and a certificate for each program, in a folder that only this user may
/// read: `ca.pem`, and `<program>.pem` with `<program>.key`. The authority's own key is written
/// nowhere: to add a program, make a new authority.
pub fn make(folder: &Path, programs: &[&str], now: OffsetDateTime) -> Result<(), PkiError> {
    let authority_file = folder.join("ca.pem");
    if authority_file.exists() {
        return Err(PkiError::Exists(authority_file));
    }
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|source| file(folder, source))?;
    let authority = authority(now)?;
    for program in programs {
        let key = KeyPair::generate()?;
        let certificate = program_params(program, now)?.signed_by(&key, &authority)?;
        write(&folder.join(format!("{program}.pem")), &certificate.pem())?;
        write(&folder.join(format!("{program}.key")), &key.serialize_pem())?;
    }
    // Last, so that a folder with an authority is whole.
    write(&authority_file, &authority.pem())
}

/// What the program shows, from a folder that `make` wrote or an operator filled alike.
pub fn read(folder: &Path, program: &str) -> Result<Credentials, PkiError> {
    let text = |name: String| {
        let path = folder.join(name);
        fs::read_to_string(&path).map_err(|source| file(&path, source))
    };
    Ok(Credentials {
        authority: text("ca.pem".to_owned())?,
        certificate: text(format!("{program}.pem"))?,
        key: text(format!("{program}.key"))?,
    })
}

fn authority(now: OffsetDateTime) -> Result<CertifiedIssuer<'static, KeyPair>, rcgen::Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    params
        .distinguished_name
        .push(DnType::CommonName, "Fondeo internal authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.not_before = now - EARLIER;
    params.not_after = now + AUTHORITY_LASTS;
    CertifiedIssuer::self_signed(params, KeyPair::generate()?)
}

fn program_params(program: &str, now: OffsetDateTime) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(vec![format!("{program}{DOMAIN}")])?;
    params
        .distinguished_name
        .push(DnType::CommonName, format!("fondeo {program}"));
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![
        ExtendedKeyUsagePurpose::ServerAuth,
        ExtendedKeyUsagePurpose::ClientAuth,
    ];
    params.use_authority_key_identifier_extension = true;
    params.not_before = now - EARLIER;
    params.not_after = now + PROGRAM_LASTS;
    Ok(params)
}

fn write(path: &Path, text: &str) -> Result<(), PkiError> {
    fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut opened| opened.write_all(text.as_bytes()))
        .map_err(|source| file(path, source))
}

fn file(path: &Path, source: io::Error) -> PkiError {
    PkiError::File {
        path: path.to_owned(),
        source,
    }
}
