//! `cargo xtask arch`: who may know whom.
//!
//! Between crates: `crates, models <- services <- edges <- bin`. A service never depends on a
//! service. Inside one: `domain <- application <- {infrastructure, interfaces}`, and only `lib.rs`
//! sees all four. The inner layers and the models may use the crates listed here and no others: a
//! new one is a decision, and shows in a diff of this file.

use std::path::Path;

use crate::manifest::{self, Manifest};
use crate::paths::{self, NamedPath};
use crate::source::{self, Source, Violation};

/// What anything pure may use.
const PURE: &[&str] = &[
    "std",
    "core",
    "alloc",
    "ids",
    "money",
    "costing",
    "settlement",
    "text",
    "ledger",
    "rules",
    "strum",
    "thiserror",
    "time",
    "serde",
    "serde_json",
];
/// Models read the sheets and rule packs that they are made for, and hash them: no files.
const MODEL: &[&str] = &["csv", "toml", "calamine", "zip", "sha2", "hex"];
/// Of `std::io`, what reads bytes that are in memory already.
const IN_MEMORY: &[&str] = &["Cursor", "Read"];
/// Use cases wait, trace, ask the clock, know the actor and keep objects.
const APPLICATION: &[&str] = &[
    "blob",
    "async_trait",
    "tracing",
    "clock",
    "uow",
    "authz",
    "sha2",
    "hex",
    "futures",
];
/// In tests of pure code.
const TESTS: &[&str] = &["proptest", "rust_xlsxwriter"];
/// The outside world, as far as the standard library reaches it.
const WORLD: &[&str] = &["env", "fs", "net", "os", "process", "thread", "io"];
const CLOCKS: &[&str] = &["SystemTime", "Instant"];
/// Names that would become a drawer for everything.
const DRAWERS: &[&str] = &[
    "common", "shared", "util", "utils", "helper", "helpers", "core", "base", "misc",
];
const ELSEWHERE: &str = "no `#[path]`: a module stands where its name says";
const LAYERS: &[&str] = &["domain", "application", "infrastructure", "interfaces"];

/// Every broken rule below `root`.
pub fn check(root: &Path) -> anyhow::Result<Vec<Violation>> {
    let manifests = manifest::all(root)?;
    let mut violations: Vec<Violation> = manifests
        .iter()
        .flat_map(|manifest| crate_rules(manifest, &manifests))
        .collect();
    for source in source::rust_files(root)? {
        let owner = manifests.iter().find(|manifest| {
            source
                .path
                .strip_prefix(&manifest.folder)
                .is_some_and(|rest| rest.starts_with("/src/"))
        });
        if let Some(owner) = owner {
            violations.extend(file_rules(&source, owner));
        }
    }
    Ok(violations)
}

fn crate_rules(manifest: &Manifest, all: &[Manifest]) -> Vec<Violation> {
    let mut found = Vec::new();
    if !manifest.takes_the_lints {
        found.push("say `[lints] workspace = true`".to_owned());
    }
    if DRAWERS.contains(&manifest.name.as_str()) {
        found.push(format!(
            "`{}` is a drawer, not a room: name what it holds",
            manifest.name
        ));
    }
    for other in all
        .iter()
        .filter(|other| manifest.needs.contains(&other.name.replace('-', "_")))
    {
        let proves = other.name == "proving" && manifest.needs_in_tests.contains("proving");
        if !may_need(manifest.room(), other) && !proves {
            found.push(format!(
                "a crate in {}/ may not need {}",
                manifest.room(),
                other.folder
            ));
        }
    }
    let path = format!("{}/Cargo.toml", manifest.folder);
    found
        .into_iter()
        .map(|what| Violation {
            path: path.clone(),
            line: 1,
            what,
        })
        .collect()
}

fn may_need(room: &str, other: &Manifest) -> bool {
    match room {
        "models" => other.room() == "models" || other.name == "ids",
        "crates" => other.room() == "crates",
        "services" => matches!(other.room(), "crates" | "models"),
        "edges" => matches!(other.room(), "crates" | "models" | "services"),
        "bin" | "xtask" => other.room() != "bin",
        _ => false,
    }
}

/// The part of the house that a file belongs to, as far as the rules tell parts apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Model,
    Domain,
    Application,
    Outer,
    /// A service's `lib.rs`, a crate, an edge, the binary.
    Free,
}

impl Part {
    fn is_pure(self) -> bool {
        matches!(self, Self::Model | Self::Domain)
    }

    fn may_use(self, name: &str) -> bool {
        PURE.contains(&name)
            || match self {
                Self::Model => MODEL.contains(&name),
                Self::Domain => false,
                Self::Application => APPLICATION.contains(&name),
                Self::Outer | Self::Free => true,
            }
    }
}

fn file_rules(source: &Source, owner: &Manifest) -> Vec<Violation> {
    let inside = &source.path[owner.folder.len() + "/src/".len()..];
    let layer = inside
        .split('/')
        .next()
        .unwrap_or_default()
        .trim_end_matches(".rs");
    let (part, sees): (Part, &[&str]) = match (owner.room(), layer) {
        ("models", _) => (Part::Model, &[]),
        ("services", "domain") => (Part::Domain, &["domain"]),
        ("services", "application") => (Part::Application, &["domain", "application"]),
        ("services", "infrastructure") => {
            (Part::Outer, &["domain", "application", "infrastructure"])
        }
        ("services", "interfaces") => (Part::Outer, &["domain", "application", "interfaces"]),
        ("services", "lib") => (Part::Free, &[]),
        ("services", _) => {
            return vec![source.at(
                1,
                "a service has lib.rs and its four layers, nothing beside",
            )];
        }
        _ => (Part::Free, &[]),
    };
    if part == Part::Free {
        return Vec::new();
    }
    // `domain.rs` and `domain/mod.rs`, whose `super` is `lib.rs`.
    let at_the_top = owner.room() == "services"
        && inside
            .split_once('/')
            .is_none_or(|(_, file)| file == "mod.rs");
    let mut found = loopholes(source, part);
    for path in paths::named(&source.tokens) {
        let in_tests = source.is_test_line(path.line);
        let complaint = match path.steps.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["self" | "super", ..] => climbing(&path, sees, at_the_top && !in_tests),
            ["crate", ref rest @ ..] if owner.room() == "services" => inward(rest, sees),
            [] | ["crate", ..] => None,
            ref steps => outward(steps, part, owner, in_tests),
        };
        found.extend(complaint.map(|what| source.at(path.line, what)));
    }
    found
}

/// Two steps up would let a path out of its layer unseen; from a layer's own `mod.rs`, one does.
fn climbing(path: &NamedPath, sees: &[&str], at_the_top: bool) -> Option<String> {
    let ups = path.steps.iter().filter(|step| *step == "super").count();
    if ups > 1 {
        return Some("name it from `crate::`, not by `super::super`".to_owned());
    }
    let target = path
        .steps
        .iter()
        .find(|step| *step != "super" && *step != "self")
        .map_or("self", String::as_str);
    let outside = at_the_top || (LAYERS.contains(&target) && !sees.contains(&target));
    (ups == 1 && outside).then(|| format!("this layer does not know `super::{target}`"))
}

fn inward(rest: &[&str], sees: &[&str]) -> Option<String> {
    match rest {
        [layer, ..] if sees.contains(layer) => None,
        [layer, ..] if LAYERS.contains(layer) => {
            Some(format!("this layer does not know `{layer}`"))
        }
        _ => Some("a layer names layers, not what only lib.rs sees".to_owned()),
    }
}

fn outward(steps: &[&str], part: Part, owner: &Manifest, in_tests: bool) -> Option<String> {
    let head = steps[0];
    if matches!(head, "std" | "core" | "alloc") {
        let world = steps
            .get(1)
            .is_none_or(|step| WORLD.contains(step) || *step == "*")
            || steps.iter().any(|step| CLOCKS.contains(step));
        let in_memory =
            part == Part::Model && matches!(steps, ["std", "io", what] if IN_MEMORY.contains(what));
        let refused = world && part != Part::Outer && !in_memory;
        return refused.then(|| format!("`{}` reaches the outside world", steps.join("::")));
    }
    // Only what the manifest names can be a crate; any other head is a module or type of ours.
    let test_crate = in_tests && owner.needs_in_tests.contains(head) && TESTS.contains(&head);
    let refused = owner.needs.contains(head) && !part.may_use(head) && !test_crate;
    refused.then(|| format!("`{head}` is not on the list of this layer (xtask/src/arch.rs)"))
}

/// What would let a file walk round the rules, and what makes pure code impure.
fn loopholes(source: &Source, part: Part) -> Vec<Violation> {
    let mut found = Vec::new();
    for (at, window) in source.tokens.windows(3).enumerate() {
        let words = [0, 1, 2].map(|at| window[at].text.as_str());
        let moves = || {
            let inside = &source.tokens[at..source::closing(&source.tokens, at + 1)];
            inside
                .windows(2)
                .any(|pair| pair[0].text == "path" && pair[1].text == "=")
        };
        let what = match words {
            ["extern", "crate", _] => "no `extern crate`: name crates in paths",
            ["[", "path", "="] => ELSEWHERE,
            ["cfg_attr", "(", _] if moves() => ELSEWHERE,
            ["include", "!", _] => "no `include!` of code: make it a module",
            ["async" | "await", ..] if part.is_pure() => "rules are pure: nothing here waits",
            _ => continue,
        };
        found.push(source.at(window[0].line, what));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(needs: &[&str]) -> Manifest {
        let needs: Vec<String> = needs.iter().map(|need| format!("{need} = '1'\n")).collect();
        let text = format!(
            "[package]\nname = 'hiring'\n[lints]\nworkspace = true\n[dependencies]\n{}\
             [dev-dependencies]\nproptest = '1'\n",
            needs.concat()
        );
        Manifest::parse("services/hiring", &text).unwrap()
    }

    /// What is found in this text at this place below `services/hiring/src/`.
    fn found(place: &str, text: &str) -> Vec<String> {
        let owner = service(&["sqlx", "tonic", "uuid", "money", "async-trait", "contracts"]);
        let path = format!("services/hiring/src/{place}");
        let source = Source::parse(&path, text.to_owned()).unwrap();
        file_rules(&source, &owner)
            .into_iter()
            .map(|violation| violation.what)
            .collect()
    }

    #[test]
    fn clean_files_pass() {
        let domain = "#![cfg_attr(not(test), deny(clippy::x))]
            use std::fmt; use money::Money; use super::offer::Offer; use crate::domain::x;
            #[cfg(test)] mod tests { use super::*; use proptest::prelude::*; }";
        assert_eq!(found("domain/offer.rs", domain), [""; 0]);
        let application = "use async_trait::async_trait; use crate::domain::offer::Offer;
            async fn f() { uuid.clone().await }";
        assert_eq!(found("application/hire.rs", application), [""; 0]);
        let outer = "use crate::application::ports::Tx; use sqlx::query; use std::fs;";
        assert_eq!(found("infrastructure/postgres.rs", outer), [""; 0]);
        let lib = "use crate::infrastructure::A; use interfaces::B; mod domain;";
        assert_eq!(found("lib.rs", lib), [""; 0]);
    }

    #[test]
    fn planted_violations_are_found() {
        for (place, text) in [
            // A crate that is not on the list, however it is named.
            ("domain/offer.rs", "use sqlx::PgPool;"),
            ("domain/offer.rs", "use {money::Money, sqlx as db};"),
            ("domain/offer.rs", "use ::sqlx;"),
            ("domain/offer.rs", "#[derive(sqlx::Type)] struct A;"),
            ("domain/offer.rs", "fn f() { m!(sqlx::query!(\"\")); }"),
            ("domain/offer.rs", "struct A(::tonic::Status);"),
            (
                "domain/offer.rs",
                "#[cfg(test)] mod tests { fn f() { uuid::Uuid::nil(); } }",
            ),
            ("domain/offer.rs", "use proptest::prelude::*;"),
            ("domain/offer.rs", "extern crate sqlx;"),
            ("domain.rs", "use async_trait::async_trait;"),
            ("application/hire.rs", "use contracts::hiring;"),
            ("application/hire.rs", "fn f() -> tonic::Status { g() }"),
            // A layer that is further out.
            ("domain/offer.rs", "use crate::application::Store;"),
            (
                "domain/offer.rs",
                "use crate::{domain::a, infrastructure::b};",
            ),
            (
                "application/hire.rs",
                "fn f() { crate::infrastructure::postgres::g() }",
            ),
            ("infrastructure/postgres.rs", "use crate::interfaces::grpc;"),
            ("interfaces/grpc.rs", "use crate::infrastructure::postgres;"),
            // A way round.
            ("interfaces/grpc.rs", "use crate::*;"),
            ("interfaces/grpc.rs", "use crate as house;"),
            ("interfaces/grpc.rs", "use crate::Deps;"),
            ("interfaces/grpc.rs", "use super::super::infrastructure;"),
            (
                "interfaces/grpc.rs",
                "use super::{super::infrastructure::A};",
            ),
            ("interfaces/grpc.rs", "use self::super::super::A;"),
            ("interfaces/mod.rs", "use super::infrastructure;"),
            ("interfaces/mod.rs", "use super::*;"),
            ("interfaces/mod.rs", "use super as house;"),
            ("interfaces/mod.rs", "use super::{self as house};"),
            ("interfaces.rs", "use super::Deps;"),
            (
                "interfaces/grpc.rs",
                "#[cfg_attr(all(), path = \"../infrastructure/postgres.rs\")] mod a;",
            ),
            (
                "interfaces/mod.rs",
                "#[path = \"../infrastructure/postgres.rs\"] mod a;",
            ),
            (
                "domain/offer.rs",
                "include!(\"../infrastructure/postgres.rs\");",
            ),
            ("drawer.rs", "struct A;"),
            // The world, the clock and waiting, in pure code.
            ("domain/offer.rs", "use std::fs::File;"),
            ("domain/offer.rs", "use std as s;"),
            ("domain/offer.rs", "fn f() { std::time::Instant::now(); }"),
            ("domain/offer.rs", "async fn f() {}"),
            ("application/hire.rs", "use std::{fmt, net::TcpStream};"),
        ] {
            assert_eq!(
                found(place, text).len(),
                1,
                "{place}: {text}: {:?}",
                found(place, text)
            );
        }
    }

    #[test]
    fn models_are_pure_and_read_text() {
        let text = "[package]\nname = 'costs'\n[dependencies]\ncsv = '1'\nsqlx = '1'\n";
        let owner = Manifest::parse("models/costs", text).unwrap();
        let file = |text: &str| Source::parse("models/costs/src/a.rs", text.to_owned()).unwrap();
        assert!(file_rules(&file("use csv::Reader; use crate::b::C;"), &owner).is_empty());
        assert_eq!(
            file_rules(&file("use sqlx::A; use std::fs;"), &owner).len(),
            2
        );
    }

    fn house(crates: &[(&str, &str)]) -> Vec<String> {
        let manifests: Vec<Manifest> = crates
            .iter()
            .map(|(folder, needs)| {
                let name = folder.rsplit('/').next().unwrap();
                let needs: Vec<String> = needs
                    .split_whitespace()
                    .map(|n| format!("{n}.workspace = true\n"))
                    .collect();
                let text = format!(
                    "[package]\nname = '{name}'\n[lints]\nworkspace = true\n[dependencies]\n{}",
                    needs.concat()
                );
                Manifest::parse(folder, &text).unwrap()
            })
            .collect();
        let found = manifests
            .iter()
            .flat_map(|manifest| crate_rules(manifest, &manifests));
        found.map(|violation| violation.to_string()).collect()
    }

    #[test]
    fn the_tiers_hold_between_crates() {
        let house = |folder, needs| {
            house(&[
                ("crates/ids", ""),
                ("crates/pg", "ids sqlx"),
                ("models/money", ""),
                ("services/firing", "pg money ids"),
                ("edges/gateway", "firing"),
                ("bin/fondeo", "gateway firing"),
                (folder, needs),
            ])
        };
        for (folder, needs) in [
            ("services/hiring", "firing"),
            ("services/hiring", "gateway"),
            ("models/costs", "pg"),
            ("crates/clock", "money"),
            ("crates/clock", "firing"),
            ("edges/web", "gateway"),
            ("edges/web", "fondeo"),
        ] {
            let found = house(folder, needs);
            assert_eq!(found.len(), 1, "{folder} needs {needs}: {found:?}");
            assert!(found[0].starts_with(folder), "{found:?}");
        }
        assert_eq!(house("models/costs", "money ids serde"), [""; 0]);
        assert_eq!(house("crates/common", "").len(), 1);
    }

    #[test]
    fn a_test_dependency_is_a_dependency_and_lints_are_taken() {
        let text = "[package]\nname = 'hiring'\n[dev-dependencies]\nfiring.path = '../firing'\n";
        let hiring = Manifest::parse("services/hiring", text).unwrap();
        let firing = Manifest::parse("services/firing", "[package]\nname = 'firing'\n").unwrap();
        let found = crate_rules(&hiring, &[firing]);
        assert_eq!(found.len(), 2, "{found:?}");
    }

    #[test]
    fn a_whole_house_is_searched() {
        let house = tempfile::tempdir().unwrap();
        let service = house.path().join("services/hiring");
        std::fs::create_dir_all(service.join("src/domain/offer")).unwrap();
        let manifest = "[package]\nname = 'hiring'\n[dependencies]\nsqlx.workspace = true\n";
        std::fs::write(service.join("Cargo.toml"), manifest).unwrap();
        std::fs::write(service.join("src/lib.rs"), "use sqlx::PgPool;").unwrap();
        let planted = service.join("src/domain/offer/close.rs");
        std::fs::write(planted, "struct A;\nuse sqlx::PgPool;").unwrap();

        let found: Vec<String> = check(house.path())
            .unwrap()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(
            found[0].starts_with("services/hiring/Cargo.toml:1: "),
            "{found:?}"
        );
        assert!(
            found[1].starts_with("services/hiring/src/domain/offer/close.rs:2: "),
            "{found:?}"
        );
    }
}
