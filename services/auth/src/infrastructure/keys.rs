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
    /// Not what we made.
    #[error("{path} has not 32 bytes: put the right one back, it opens second factors")]
    Unsealing {
        /// Which.
        path: PathBuf,
    },
    /// Keys were here, and tokens and second factors rest on them.
    #[error(
        "{path} has no signing key any more, but its database is in use: put the folder back \
         from your backup. To go on with new keys, which signs everybody out, make an empty file \
         `new-keys` in it and start again"
    )]
    Gone {
        /// The folder.
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
    seal: [u8; 32],
}

/// The keys of one folder, read once. Cheap to clone.
#[derive(Clone)]
pub struct Keys(Arc<Inner>);

impl Keys {
    /// The same where keys are expected to be: refuses to make new ones in silence. Whoever means
    /// it puts an empty file `new-keys` there.
    pub fn expected(secrets: &Path) -> Result<Self, KeysError> {
        let new_keys = secrets.join("new-keys");
        let is_meant = new_keys.exists();
        if pem_files(secrets).map_or(0, |files| files.len()) == 0 && !is_meant {
            let path = secrets.to_owned();
            return Err(KeysError::Gone { path });
        }
        let keys = Self::open(secrets)?;
        if is_meant {
            let failed = |source| KeysError::Io {
                path: new_keys.clone(),
                source,
            };
            std::fs::remove_file(&new_keys).map_err(failed)?;
        }
        Ok(keys)
    }

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
            seal: seal_key(secrets)?,
        })))
    }

    /// The public halves, for verifiers.
    pub fn jwks(&self) -> JwkSet {
        self.0.public.clone()
    }

    /// What second factors are sealed with.
    pub(super) fn seal(&self) -> &[u8; 32] {
        &self.0.seal
    }

    pub(super) fn signing(&self) -> (&str, &EncodingKey) {
        (&self.0.signing_kid, &self.0.signing)
    }

    pub(super) fn find(&self, kid: &str) -> Option<&Jwk> {
        self.0.public.find(kid)
    }
}

/// What second factors are sealed with; made where there is none.
fn seal_key(folder: &Path) -> Result<[u8; 32], KeysError> {
    let path = folder.join("totp.key");
    let failed = |source| KeysError::Io {
        path: path.clone(),
        source,
    };
    if !path.exists() {
        let unfinished = path.with_extension("unfinished");
        let write = || {
            let mut file = private(&unfinished)?;
            file.write_all(&super::vault::random::<32>())?;
            file.sync_all()?;
            std::fs::rename(&unfinished, &path)?;
            File::open(folder)?.sync_all()
        };
        write().map_err(failed)?;
    }
    refuse_exposed(&path, "600")?;
    let kept = std::fs::read(&path).map_err(failed)?;
    kept.try_into().map_err(|_| KeysError::Unsealing { path })
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
        assert_eq!(Keys::expected(&secrets).unwrap().jwks(), first.jwks());
        assert_eq!(mode(&secrets.join("totp.key")), 0o600);
        let lost = folder.path().join("lost");
        assert!(matches!(Keys::expected(&lost), Err(KeysError::Gone { .. })));
        std::fs::create_dir(&lost).unwrap();
        std::fs::set_permissions(&lost, std::fs::Permissions::from_mode(0o700)).unwrap();
        std::fs::write(lost.join("new-keys"), "").unwrap();
        assert_ne!(Keys::expected(&lost).unwrap().jwks(), first.jwks());
        assert!(!lost.join("new-keys").exists());
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
