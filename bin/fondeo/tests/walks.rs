//! Two hundred projects on random walks through every command, on a platform whose time jumps and
//! that is stopped and killed in their middle. `make prove` makes thousands of them.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

/// The round of `make prove`, or another one each time.
#[expect(
    clippy::disallowed_methods,
    reason = "a round of `make prove` names its seed by the environment"
)]
fn seed() -> u64 {
    let round = std::env::var("PROPTEST_RNG_SEED").ok();
    round.map_or_else(rand::random, |seed| seed.parse().unwrap())
}

#[test]
fn whatever_is_done_in_whatever_order_every_cent_is_accounted_for() {
    let folder = tempfile::tempdir().unwrap();
    let open = std::fs::Permissions::from_mode(0o711);
    std::fs::set_permissions(folder.path(), open).unwrap();
    let walked = Command::new("timeout")
        .args(["--signal=TERM", "900", env!("CARGO_BIN_EXE_fondeo")])
        .args(["story", "--random", "200", "--seed", &seed().to_string()])
        .env("TMPDIR", folder.path())
        .current_dir(folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&walked.stderr);
    assert!(walked.status.success(), "{said}");
    assert!(!said.contains("FINDINGS"), "{said}");
    println!("{}", String::from_utf8_lossy(&walked.stdout));
}
