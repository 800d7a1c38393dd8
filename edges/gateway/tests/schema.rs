//! `schema.graphql` is the schema of the code; `REWRITE=1` writes it anew.

use std::path::Path;

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a switch of the test, not a setting"
)]
fn the_file_is_the_schema_of_the_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema.graphql");
    let sdl = gateway::sdl();
    if std::env::var_os("REWRITE").is_some() {
        std::fs::write(&path, sdl).expect("a writable file");
        return;
    }
    let written = std::fs::read_to_string(&path).expect("the schema");
    assert!(
        written == sdl,
        "the schema changed: agree, then REWRITE=1 make test"
    );
}
