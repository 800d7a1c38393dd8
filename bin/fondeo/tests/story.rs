//! The stories, as a person plays them: a fresh platform, the public API, every figure compared
//! with the independent calculation, the record audited at the end, nothing left behind.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::path::Path;
use std::process::Command;

use serde_json::Value;

#[test]
fn the_whole_story_comes_out_to_the_last_cent() {
    comes_out("settled");
}

#[test]
fn a_missed_deadline_refunds_everybody_to_the_cent() {
    comes_out("cancelled");
}

#[test]
fn a_rough_one_is_liquidated_to_the_last_cent() {
    comes_out("rough");
}

fn comes_out(name: &str) {
    let temporary = tempfile::tempdir().unwrap();
    // The server's own user must be able to pass through.
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o711);
    std::fs::set_permissions(temporary.path(), open).unwrap();
    let played = Command::new("timeout")
        .args(["--signal=TERM", "150", env!("CARGO_BIN_EXE_fondeo")])
        .args(["story", "--json", "--name", name])
        .env("TMPDIR", temporary.path())
        .current_dir(temporary.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&played.stderr);
    assert!(played.status.success(), "{said}");

    let figures: Value = serde_json::from_slice(&played.stdout).unwrap();
    let golden = format!("../../examples/story/{name}.golden.json");
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join(golden);
    let golden: Value = serde_json::from_slice(&std::fs::read(golden).unwrap()).unwrap();
    assert_eq!(figures, golden);

    assert!(
        said.contains("no consumer is ahead of its producer"),
        "no audit: {said}"
    );
    assert!(!said.contains("FINDINGS"), "{said}");
    let left: Vec<_> = std::fs::read_dir(temporary.path()).unwrap().collect();
    assert!(left.is_empty(), "left behind: {left:?}");
}
