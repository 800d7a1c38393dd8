//! The examples of docs/api.md, run as they are printed against a demo.

use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

struct Demo(Child);

impl Drop for Demo {
    fn drop(&mut self) {
        // The server ends with its owner.
        let _ended_already = self.0.kill();
        let _status = self.0.wait();
    }
}

/// The shell blocks of the guide.
fn examples(guide: &str) -> Vec<&str> {
    guide
        .split("```sh\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect()
}

#[test]
fn every_example_is_answered_without_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let open = std::fs::Permissions::from_mode(0o711);
    std::fs::set_permissions(folder.path(), open).unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_fondeo"));
    let mut child = Command::new(program)
        .args(["up", "--demo", "--listen", "127.0.0.1:0", "--data"])
        .arg(folder.path().join("data"))
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let _demo = Demo(child);
    let first = lines.next().unwrap().unwrap();
    let url = first
        .split_whitespace()
        .find(|word| word.starts_with("http://"))
        .unwrap();

    let house = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let guide = std::fs::read_to_string(house.join("docs/api.md")).unwrap();
    std::os::unix::fs::symlink(house.join("examples"), folder.path().join("examples")).unwrap();
    let examples = examples(&guide);
    assert!(examples.len() >= 3, "the guide has its examples");
    let path = std::env::join_paths(std::iter::once(program.parent().unwrap().to_owned()).chain(
        std::env::split_paths(&std::ffi::OsString::from("/usr/local/bin:/usr/bin:/bin")),
    ))
    .unwrap();
    for example in examples {
        let script = example.replace("http://127.0.0.1:8080", url);
        let ran = Command::new("bash")
            .args(["-euo", "pipefail", "-c", &script])
            .env("PATH", &path)
            .current_dir(folder.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&ran.stderr);
        let answer: Value = serde_json::from_slice(&ran.stdout)
            .unwrap_or_else(|error| panic!("{script}\n{error}: {said}"));
        assert_eq!(answer.get("errors"), None, "{script}\n{answer:#}");
        for field in answer["data"].as_object().unwrap().values() {
            assert!(!field.is_null(), "{script}\n{answer:#}");
            assert!(field["refusal"].is_null(), "{script}\n{answer:#}");
        }
    }
}
