//! The people that a platform begins with: a demo's, or the first administrator.

use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;

use anyhow::{Context as _, bail};
use auth::SeedAccount;
use authz::Role;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ids::{TenantId, UserId};
use rand::TryRng as _;
use rand::rngs::SysRng;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::DataFolder;

/// Everybody's password in a demo, which is why a demo listens on this machine only.
pub const DEMO_PASSWORD: &str = "mango-harbour-lantern-42";
const DEMO_HOST: &str = "demo.fondeo.example";

/// A demo's people: the part of the address before the `@`, language and roles.
pub const DEMO_PEOPLE: &[(&str, &str, &[Role])] = &[
    ("patricia.vargas", "es", &[Role::Admin]),
    ("andres.molina", "en", &[Role::Admin]),
    ("elena.rios", "es", &[Role::Treasurer]),
    ("ines.paredes", "es", &[Role::Auditor]),
    ("rosa.quispe", "es", &[Role::Owner]),
    ("lucia.fernandez", "es", &[Role::Investor]),
    ("martin.aguirre", "en", &[Role::Investor]),
];

/// A demo address.
pub fn email(name: &str) -> String {
    format!("{name}@{DEMO_HOST}")
}

/// The secret of a demo person's second factor: as invented, and as well known, as their password.
pub fn demo_totp(email: &str) -> [u8; 20] {
    let digest = Sha256::digest(format!("fondeo demo {email}"));
    let (secret, _) = digest.split_first_chunk().expect("32 bytes begin with 20");
    *secret
}

/// A demo's accounts, the same at every start.
pub(super) fn demo(tenant: TenantId) -> Vec<SeedAccount> {
    DEMO_PEOPLE
        .iter()
        .map(|(name, language, roles)| SeedAccount {
            user: user_of(tenant, &email(name)),
            email: email(name),
            password: DEMO_PASSWORD.to_owned(),
            language: (*language).to_owned(),
            roles: roles.to_vec(),
            totp: roles
                .iter()
                .any(|role| role.needs_otp())
                .then(|| demo_totp(&email(name)).to_vec()),
        })
        .collect()
}

/// What `secrets/first-admin` holds.
#[derive(Serialize, Deserialize)]
struct FirstAdmin {
    email: String,
    password: String,
}

/// The first administrator's account; `true` when its password was made just now. Refuses another
/// address than the one that was first.
pub(super) fn first_admin(folder: &DataFolder, email: &str) -> anyhow::Result<(SeedAccount, bool)> {
    let path = folder.secrets().join("first-admin");
    let is_new = !path.exists();
    let admin = if is_new {
        let admin = FirstAdmin {
            email: email.to_owned(),
            password: password()?,
        };
        // Whole or not at all, also when the machine stops here.
        let draft = path.with_extension("new");
        let mut file = File::options()
            .create(true)
            .truncate(true)
            .write(true)
            .mode(0o600)
            .open(&draft)?;
        file.write_all(toml::to_string(&admin)?.as_bytes())?;
        file.sync_all()?;
        fs::rename(&draft, &path)?;
        admin
    } else {
        toml::from_str::<FirstAdmin>(&fs::read_to_string(&path)?)
            .with_context(|| format!("{} cannot be read", path.display()))?
    };
    if admin.email != email {
        bail!(
            "the first administrator is {} already: sign in and grant the role ADMIN to others",
            admin.email
        );
    }
    let account = SeedAccount {
        user: user_of(folder.tenant, email),
        email: admin.email,
        password: admin.password,
        language: "es".to_owned(),
        roles: vec![Role::Admin],
        totp: None,
    };
    Ok((account, is_new))
}

/// The same person at every start.
fn user_of(tenant: TenantId, email: &str) -> UserId {
    Uuid::new_v5(&tenant.as_uuid(), email.as_bytes()).into()
}

fn password() -> anyhow::Result<String> {
    let mut bytes = [0_u8; 18];
    SysRng
        .try_fill_bytes(&mut bytes)
        .context("the system gives no random bytes")?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}
