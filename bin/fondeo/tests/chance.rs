//! The platform under chance: each story on one that is killed in its middle and started again,
//! with every figure all the same, and projects on random walks through every command, with every
//! cent accounted for. `make prove` does it many times.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

/// Plays it in a folder of its own, for so many seconds at most.
fn ends_right(story: &[&str], seconds: &str) {
    let folder = tempfile::tempdir().unwrap();
    let open = std::fs::Permissions::from_mode(0o711);
    std::fs::set_permissions(folder.path(), open).unwrap();
    let played = Command::new("timeout")
        .args([
            "--signal=TERM",
            seconds,
            env!("CARGO_BIN_EXE_fondeo"),
            "story",
        ])
        .args(story)
        .args(["--seed", &proving::seed().to_string()])
        .env("TMPDIR", folder.path())
        .current_dir(folder.path())
        .output()
        .unwrap();
    let [told, said] = [&played.stdout, &played.stderr].map(|out| String::from_utf8_lossy(out));
    assert!(played.status.success(), "{said}{told}");
}

fn survives_kills(name: &str) {
    ends_right(&["--name", name, "--kills", "3", "--json"], "400");
}

#[test]
fn the_settled_story_survives_kills() {
    survives_kills("settled");
}

#[test]
fn the_cancelled_story_survives_kills() {
    survives_kills("cancelled");
}

#[test]
fn the_rough_story_survives_kills() {
    survives_kills("rough");
}

#[test]
fn whatever_is_done_in_whatever_order_every_cent_is_accounted_for() {
    ends_right(&["--random", "200"], "900");
}
