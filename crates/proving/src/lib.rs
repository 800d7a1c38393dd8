//! What tests ask for that prove by numbers: how much, by which chance, and what the second
//! calculation says (`e2e/model`, another language that shares nothing with the code under test).
//! A plain run takes a sample; a round of `make prove` asks for more, and its number is the seed.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

/// What chance is taken from: the round of `make prove`, or another one each time. A test that
/// fails says it.
pub fn seed() -> u64 {
    asked("PROPTEST_RNG_SEED").unwrap_or_else(rand::random)
}

/// How much `name` of the environment asks for, otherwise a `sample`.
pub fn amount(name: &str, sample: u64) -> u64 {
    asked(name).unwrap_or(sample)
}

#[expect(
    clippy::disallowed_methods,
    reason = "a round of `make prove` speaks by the environment, it sets nothing"
)]
fn asked(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    let number = text.parse();
    Some(number.unwrap_or_else(|_| panic!("{name} is no number: {text}")))
}

/// What a program of `e2e/model` answers to the lines of `script`, each with a line of its own.
///
/// # Panics
/// When there is no `python3`, or the program breaks.
pub fn second_calculation(program: &str, script: &str) -> String {
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../e2e/model");
    let mut python = Command::new("python3")
        .arg(model.join(program))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 is installed");
    let mut stdin = python.stdin.take().expect("it is piped");
    let mut stdout = python.stdout.take().expect("it is piped");
    let mut answers = String::new();
    std::thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(script.as_bytes()).expect("it reads"));
        stdout.read_to_string(&mut answers).expect("it answers");
    });
    let ended = python.wait().expect("it ends");
    assert!(ended.success(), "{program} broke: {ended}");
    answers
}
