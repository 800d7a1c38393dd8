//! The keys that sign tokens: RSA, one PEM file each, in a folder that only the service reads.
//! The file whose name sorts last signs; all that are there verify. To rotate, add a file and
//! start again; take the old one away when its last token has expired.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey};

/// Under 3072 bits a key is refused (security.md §Identity 19); in bytes of the modulus.
const MODULUS_BYTES_MIN: usize = 384;

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The folder or a file in it does not let itself be read or written.
    #[error("{path}: cannot be read or written")]
    Io {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Others can read it.
    #[error("{path} can be read by others: `chmod {mode} {path}`, or put a new key in its place")]
    Exposed {
        /// Which.
        path: PathBuf,
        /// What it should be.
        mode: &'static str,
    },
    /// Not an RSA key, or too short.
    #[error("{path} is no RSA key of 3072 bits or more in PEM: take it out of the folder")]
    Unusable {
        /// Which.
        path: PathBuf,
    },
    /// The system made none.
    #[error("no key could be made")]
    Generation(#[source] rcgen::Error),
}

struct Inner {
    signing: EncodingKey,
    signing_kid: String,
    public: JwkSet,
}

/// The keys of one folder, read once. Cheap to clone.
#[derive(Clone)]
pub struct Keys(Arc<Inner>);

impl Keys {
    /// Reads the folder; makes it (0700), and a first key in it (0600), where there is none. That
    /// takes a second or more. Refuses what others can read.
    pub fn open(secrets: &Path) -> Result<Self, KeysError> {
        let failed = |source| KeysError::Io {
            path: secrets.to_owned(),
            source,
        };
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(secrets)
            .map_err(failed)?;
        refuse_exposed(secrets, "700")?;
        // Two programs that start at once make one key.
        let lock = private(&secrets.join(".lock")).map_err(failed)?;
        lock.lock().map_err(failed)?;
        let mut files = pem_files(secrets).map_err(failed)?;
        if files.is_empty() {
            files.push(generate(secrets)?);
        }
        let mut keys = files
            .iter()
            .map(|path| read(path))
            .collect::<Result<Vec<_>, _>>()?;
        let public = JwkSet {
            keys: keys.iter().map(|(_, jwk)| jwk.clone()).collect(),
        };
        let (signing, jwk) = keys.pop().expect("one was made where there was none");
        Ok(Self(Arc::new(Inner {
            signing,
            signing_kid: jwk.common.key_id.expect("every key was named"),
            public,
        })))
    }

    /// The public halves, for verifiers.
    pub fn jwks(&self) -> JwkSet {
        self.0.public.clone()
    }

    pub(super) fn signing(&self) -> (&str, &EncodingKey) {
        (&self.0.signing_kid, &self.0.signing)
    }

    pub(super) fn find(&self, kid: &str) -> Option<&Jwk> {
        self.0.public.find(kid)
    }
}

/// In the order of their names.
fn pem_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in folder.read_dir()? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "pem") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn generate(folder: &Path) -> Result<PathBuf, KeysError> {
    let pair = rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_3072)
        .map_err(KeysError::Generation)?;
    let path = folder.join(format!(
        "signing-{}.pem",
        clock::real_now().unix_timestamp()
    ));
    let unfinished = path.with_extension("unfinished");
    let write = || {
        let mut file = private(&unfinished)?;
        file.write_all(pair.serialize_pem().as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&unfinished, &path)?;
        File::open(folder)?.sync_all()
    };
    match write() {
        Ok(()) => Ok(path),
        Err(source) => Err(KeysError::Io { path, source }),
    }
}

/// Opens for writing what only we may read.
fn private(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
}

fn refuse_exposed(path: &Path, mode: &'static str) -> Result<(), KeysError> {
    let path = path.to_owned();
    match path.metadata() {
        // The last six bits are those of the group and of others.
        Ok(metadata) if metadata.permissions().mode().trailing_zeros() >= 6 => Ok(()),
        Ok(_) => Err(KeysError::Exposed { path, mode }),
        Err(source) => Err(KeysError::Io { path, source }),
    }
}

/// The key, and its public half under its RFC 7638 thumbprint.
fn read(path: &Path) -> Result<(EncodingKey, Jwk), KeysError> {
    refuse_exposed(path, "600")?;
    let pem = std::fs::read(path).map_err(|source| KeysError::Io {
        path: path.to_owned(),
        source,
    })?;
    let unusable = || KeysError::Unusable {
        path: path.to_owned(),
    };
    let key = EncodingKey::from_rsa_pem(&pem).map_err(|_| unusable())?;
    let mut jwk = Jwk::from_encoding_key(&key, Algorithm::RS256).map_err(|_| unusable())?;
    if modulus_bytes(&jwk) < MODULUS_BYTES_MIN {
        return Err(unusable());
    }
    let kid = jwk
        .thumbprint(ThumbprintHash::SHA256)
        .map_err(|_| unusable())?;
    jwk.common.key_id = Some(kid);
    jwk.common.public_key_use = Some(PublicKeyUse::Signature);
    Ok((key, jwk))
}

fn modulus_bytes(jwk: &Jwk) -> usize {
    match &jwk.algorithm {
        jsonwebtoken::jwk::AlgorithmParameters::RSA(rsa) => rsa.n.len() * 3 / 4,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        path.metadata().unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_folder_gets_one_key_and_keeps_it_and_the_newest_file_signs() {
        let folder = tempfile::tempdir().unwrap();
        let secrets = folder.path().join("secrets");
        let first = Keys::open(&secrets).unwrap();
        let again = Keys::open(&secrets).unwrap();
        assert_eq!(first.jwks(), again.jwks());
        assert_eq!(first.jwks().keys.len(), 1);
        let files = pem_files(&secrets).unwrap();
        assert_eq!((mode(&secrets), mode(&files[0])), (0o700, 0o600));

        let elsewhere = folder.path().join("elsewhere");
        let other = Keys::open(&elsewhere).unwrap();
        let newer = secrets.join("zz-newer.pem");
        std::fs::rename(&pem_files(&elsewhere).unwrap()[0], &newer).unwrap();
        let rotated = Keys::open(&secrets).unwrap();
        assert_eq!(rotated.signing().0, other.signing().0);
        assert!(
            rotated.find(first.signing().0).is_some(),
            "the older verifies"
        );

        std::fs::set_permissions(&newer, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(
            Keys::open(&secrets),
            Err(KeysError::Exposed { path, mode: "600" }) if path == newer
        ));
    }
}
