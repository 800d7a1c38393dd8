//! Second factors' secrets: made, sealed for their person (AES-256-GCM, the nonce before the
//! ciphertext), and the codes that come from them (RFC 6238: SHA-1, 6 digits, 30 seconds).

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ids::UserId;
use qrcode::QrCode;
use qrcode::render::svg;
use time::OffsetDateTime;
use totp_rs::{Builder, Secret, Totp};
use uow::StoreError;

use super::vault::random;
use crate::application::ports::{Account, Enrolment};

/// Seals with the key of the operator's secrets.
pub(super) struct Seal(LessSafeKey);

impl Seal {
    pub(super) fn new(key: &[u8; 32]) -> Self {
        let key = UnboundKey::new(&AES_256_GCM, key).expect("32 bytes are a key");
        Self(LessSafeKey::new(key))
    }

    pub(super) fn seal(&self, user: UserId, secret: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE_LEN] = random();
        let mut sealed = secret.to_vec();
        self.0
            .seal_in_place_append_tag(Nonce::from(&nonce), aad(user), &mut sealed)
            .expect("a short secret can be sealed");
        [nonce.as_slice(), &sealed].concat()
    }

    fn open(&self, user: UserId, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut opened = sealed.to_vec();
        let secret = self.0.open_in_place(nonce, aad(user), &mut opened).ok()?;
        Some(secret.to_vec())
    }

    /// As an enrolment's form sent it back; none where it is not this person's.
    pub(super) fn read(&self, user: UserId, sealed: &str) -> Option<Vec<u8>> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        self.open(user, &sealed).map(|_| sealed)
    }

    pub(super) fn enrolment(&self, account: &Account) -> Result<Enrolment, StoreError> {
        let secret: [u8; 20] = random();
        let url = totp(&secret, &account.email)?.to_url();
        let url = url.map_err(|err| StoreError::failed(err.to_string()))?;
        let code = QrCode::new(url).map_err(StoreError::failed)?;
        let picture = code
            .render::<svg::Color<'_>>()
            .min_dimensions(220, 220)
            .build();
        // Inside a page it is an element, no document.
        let at = picture.find("<svg").unwrap_or_default();
        Ok(Enrolment {
            sealed: URL_SAFE_NO_PAD.encode(self.seal(account.user, &secret)),
            secret: Secret::from(secret.as_slice()).to_base32(),
            picture: picture[at..].to_owned(),
        })
    }

    pub(super) fn step(
        &self,
        user: UserId,
        (sealed, code): (&[u8], &str),
        now: OffsetDateTime,
    ) -> Result<Option<i64>, StoreError> {
        let secret = self.open(user, sealed).ok_or_else(|| {
            StoreError::failed(
                "a second factor was sealed with another key: put secrets/totp.key \
                                back, or have the person's second factor removed",
            )
        })?;
        let at = u64::try_from(now.unix_timestamp()).map_err(StoreError::failed)?;
        let step = totp(&secret, "")?.check(code, at);
        step.map(|step| i64::try_from(step).map_err(StoreError::failed))
            .transpose()
    }
}

fn aad(user: UserId) -> Aad<Vec<u8>> {
    Aad::from(
        [
            b"fondeo second factor\0".as_slice(),
            user.as_uuid().as_bytes(),
        ]
        .concat(),
    )
}

fn totp(secret: &[u8], account: &str) -> Result<Totp, StoreError> {
    let built = Builder::new()
        .with_secret(secret)
        .with_issuer(Some("Fondeo"))
        .with_account_name(account)
        .build();
    built.map_err(|err| StoreError::failed(err.to_string()))
}
