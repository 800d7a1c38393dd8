//! Who may call what: the whole matrix as a golden file, `docs/rights.md`. An rpc without a line
//! fails here; `REWRITE=1` writes the file anew.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use authz::{Right, Role, Who};
use prost::Message as _;

/// The services that stand behind their door.
const TABLES: &[(&str, &[Right])] = &[
    ("auth", auth::interfaces::RIGHTS),
    ("users", users::interfaces::RIGHTS),
    ("projects", projects::interfaces::RIGHTS),
    ("participation", participation::interfaces::RIGHTS),
    ("accounting", accounting::interfaces::RIGHTS),
    ("notification", notification::interfaces::RIGHTS),
];

fn rpcs_of(package: &str) -> BTreeSet<String> {
    let files = prost_types::FileDescriptorSet::decode(contracts::DESCRIPTORS)
        .unwrap()
        .file;
    files
        .iter()
        .filter(|file| file.package() == format!("fondeo.{package}.v1"))
        .flat_map(|file| {
            file.service
                .iter()
                .map(move |service| (file.package(), service))
        })
        .flat_map(|(package, service)| {
            service
                .method
                .iter()
                .map(move |rpc| format!("/{package}.{}/{}", service.name(), rpc.name()))
        })
        .collect()
}

fn matrix() -> String {
    let roles = [
        Role::Investor,
        Role::Owner,
        Role::Admin,
        Role::Treasurer,
        Role::Auditor,
    ];
    let mut page = "# Who may call what\n\n\
        Made by a test from the services' own tables. `fresh`: the sign-in is at most five\n\
        minutes old. What a person sees is decided by the service that owns the data.\n"
        .to_owned();
    let names = roles.map(|role| role.to_string()).join(" | ");
    for (service, rights) in TABLES {
        write!(
            page,
            "\n## {service}\n\n| rpc | {names} | through | fresh |\n"
        )
        .unwrap();
        writeln!(page, "|---|{}---|---|", "---|".repeat(roles.len())).unwrap();
        for right in rights.iter().chain(service::JOURNAL_RIGHTS) {
            let may = |role: &Role| match right.who {
                Who::Anyone | Who::SignedIn => "yes",
                Who::Roles(some) if some.contains(role) => "yes",
                Who::Roles(_) | Who::Services => "",
            };
            let cells: Vec<&str> = roles.iter().map(may).collect();
            writeln!(
                page,
                "| `{}` | {} | {} | {} |",
                right.rpc.rsplit('/').next().unwrap(),
                cells.join(" | "),
                right.callers.join(", "),
                if right.fresh { "fresh" } else { "" },
            )
            .unwrap();
        }
    }
    page
}

#[test]
fn every_rpc_has_its_line_and_no_line_is_for_nothing() {
    for (service, rights) in TABLES {
        let mut rpcs = rpcs_of(service);
        rpcs.extend(rpcs_of("journal"));
        let all = rights.iter().chain(service::JOURNAL_RIGHTS);
        let all: Vec<String> = all.map(|right| right.rpc.to_owned()).collect();
        let lines: BTreeSet<String> = all.iter().cloned().collect();
        assert_eq!(lines, rpcs, "{service}");
        assert_eq!(lines.len(), all.len(), "{service}: a line stands twice");
    }
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a person asks for the rewrite by the environment"
)]
fn the_matrix_is_the_one_that_was_agreed() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/rights.md");
    if std::env::var_os("REWRITE").is_some() {
        std::fs::write(&file, matrix()).unwrap();
    }
    let agreed = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(
        matrix(),
        agreed,
        "the rights changed: agree, then REWRITE=1 make test"
    );
}
