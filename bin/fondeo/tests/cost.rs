//! `fondeo cost` says the same as the independent calculation, and names every mistake of a sheet.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn cost(goods: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fondeo"))
        .arg("cost")
        .arg(goods)
        .args(["--costs", "examples/ningbo-home-goods.costs.csv"])
        .args(["--currency", "USD", "--margin-pct", "30", "--json"])
        .current_dir(root())
        .output()
        .unwrap()
}

#[test]
fn it_equals_the_independent_calculation() {
    let ours = cost(Path::new("examples/ningbo-home-goods.csv"));
    assert!(ours.status.success());
    let theirs = Command::new("python3")
        .args(["e2e/model/cost.py", "examples/ningbo-home-goods.csv"])
        .args(["--costs", "examples/ningbo-home-goods.costs.csv"])
        .args(["--currency", "USD", "--margin-pct", "30"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(theirs.status.success());
    let read = |out: &Output| serde_json::from_slice::<serde_json::Value>(&out.stdout).unwrap();
    assert_eq!(read(&ours), read(&theirs));
}

#[test]
fn every_mistake_is_named_at_once_and_nothing_is_printed() {
    let sheet = std::fs::read_to_string(root().join("examples/ningbo-home-goods.csv")).unwrap();
    let broken = sheet
        .replace(",600,", ",-600,")
        .replace(",9.80,", ",9.80000001,");
    let file = std::env::temp_dir().join(format!("broken-{}.csv", std::process::id()));
    std::fs::write(&file, broken).unwrap();
    let out = cost(&file);
    std::fs::remove_file(&file).unwrap();
    assert_eq!(out.status.code(), Some(1));
    assert!(out.stdout.is_empty());
    let said = String::from_utf8(out.stderr).unwrap();
    for place in ["row 2", "quantity", "row 3", "unit_price"] {
        assert!(said.contains(place), "{place} is not named in: {said}");
    }
}
