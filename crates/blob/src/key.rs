//! Claims that only this store could have signed: HMAC-SHA-256 (RFC 2104) over their JSON.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;

use crate::BlobError;

const FILE: &str = ".key";
const BYTES: usize = 32;

/// The secret of one store.
#[derive(Clone)]
pub(crate) struct Key([u8; BYTES]);

impl Key {
    /// Reads the folder's key; the first to open the folder makes it.
    pub fn open(folder: &Path) -> Result<Self, BlobError> {
        let path = folder.join(FILE);
        match fs::read(&path) {
            Ok(kept) => Self::of(&kept),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::make(folder, &path),
            Err(error) => Err(BlobError::failed(error)),
        }
    }

    fn of(kept: &[u8]) -> Result<Self, BlobError> {
        let key = kept.try_into();
        key.map(Self)
            .map_err(|_| BlobError::failed(format!("{FILE} has not {BYTES} bytes")))
    }

    /// Of two processes that make it at once one wins, and both use that one's.
    fn make(folder: &Path, path: &Path) -> Result<Self, BlobError> {
        let fresh: [u8; BYTES] = rand::random();
        let draft = folder.join(format!("{FILE}.{}", hex::encode(rand::random::<[u8; 8]>())));
        let write = || {
            let mut file: File = File::options()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(&draft)?;
            file.write_all(&fresh)?;
            file.sync_all()
        };
        let linked = write().and_then(|()| fs::hard_link(&draft, path));
        fs::remove_file(&draft).ok();
        match linked {
            Ok(()) => Ok(Self(fresh)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Self::of(&fs::read(path).map_err(BlobError::failed)?)
            }
            Err(error) => Err(BlobError::failed(error)),
        }
    }

    /// The claims as a text that may stand in an address.
    pub fn seal(&self, claims: &impl Serialize) -> String {
        let claims = serde_json::to_vec(claims).expect("plain fields have a JSON form");
        let mark = self.mac(&claims).finalize().into_bytes();
        format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(claims),
            URL_SAFE_NO_PAD.encode(mark)
        )
    }

    /// The claims, when this store signed them as they are; the comparison takes constant time.
    pub fn unseal<T: DeserializeOwned>(&self, text: &str) -> Option<T> {
        let (claims, mark) = text.split_once('.')?;
        let claims = URL_SAFE_NO_PAD.decode(claims).ok()?;
        let mark = URL_SAFE_NO_PAD.decode(mark).ok()?;
        self.mac(&claims).verify_slice(&mark).ok()?;
        serde_json::from_slice(&claims).ok()
    }

    fn mac(&self, claims: &[u8]) -> Hmac<Sha256> {
        let mac = Hmac::<Sha256>::new_from_slice(&self.0);
        mac.expect("a key of any length will do")
            .chain_update(claims)
    }
}
