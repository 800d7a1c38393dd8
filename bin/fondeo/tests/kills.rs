//! Each story on a platform that is killed in its middle and started again: every figure all the
//! same. `make prove` does it many times.
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

fn ends_right_after_kills(name: &str, kills: u32) {
    let folder = tempfile::tempdir().unwrap();
    let open = std::fs::Permissions::from_mode(0o711);
    std::fs::set_permissions(folder.path(), open).unwrap();
    let played = Command::new("timeout")
        .args(["--signal=TERM", "400", env!("CARGO_BIN_EXE_fondeo")])
        .args(["story", "--json", "--name", name])
        .args(["--kills", &kills.to_string(), "--seed", &seed().to_string()])
        .env("TMPDIR", folder.path())
        .current_dir(folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&played.stderr);
    assert!(played.status.success(), "{said}");
    assert!(!said.contains("FINDINGS"), "{said}");
}

#[test]
fn the_settled_story_survives_kills() {
    ends_right_after_kills("settled", 3);
}

#[test]
fn the_cancelled_story_survives_kills() {
    ends_right_after_kills("cancelled", 3);
}

#[test]
fn the_rough_story_survives_kills() {
    ends_right_after_kills("rough", 3);
}
