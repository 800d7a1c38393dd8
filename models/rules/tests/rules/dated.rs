//! Which rules hold on which day.

use rules::{Packs, shipped};

use crate::{BASE, BASE_FILE, day};

#[test]
fn the_pack_in_force_is_the_last_one_that_has_begun() {
    let table = [
        ("EU", "2021-11-10", "EU@2021-11-10"),
        ("EU", "2022-11-27", "EU@2021-11-10"),
        ("EU", "2022-11-28", "EU@2022-11-28"),
        ("EU", "2030-01-01", "EU@2022-11-28"),
        ("US", "2017-04-12", "US@2017-04-12"),
        ("US", "2021-03-14", "US@2017-04-12"),
        ("US", "2021-03-15", "US@2021-03-15"),
        ("US", "2022-09-19", "US@2021-03-15"),
        ("US", "2022-09-20", "US@2022-09-20"),
        ("US", "2025-09-30", "US@2022-09-20"),
        ("US", "2025-10-01", "US@2025-10-01"),
        ("US", "2026-09-30", "US@2025-10-01"),
        ("US", "2026-10-01", "US@2026-10-01"),
        ("PE", "2025-12-31", "PE@2021-05-21"),
        ("PE", "2026-01-01", "PE@2026-01-01"),
        ("CO", "2025-12-31", "CO@2025-01-01"),
        ("CO", "2026-01-01", "CO@2026-01-01"),
        ("MX", "2026-11-24", "MX@2018-09-11"),
        ("CL", "2026-11-24", "CL@2023-02-03"),
    ];
    for (jurisdiction, on, version) in table {
        let pack = shipped().in_force(jurisdiction, day(on)).expect(version);
        assert_eq!(pack.version(), version, "{jurisdiction} {on}");
        assert_eq!(shipped().find_version(version), Some(pack));
    }
}

#[test]
fn where_no_rules_hold_the_refusal_says_what_there_is() {
    let table = [
        (
            "EU",
            "2021-11-09",
            "no rules of EU are in force on 2021-11-09; there is: EU@2021-11-10, \
 EU@2022-11-28",
        ),
        (
            "CO",
            "2027-01-01",
            "no rules of CO are in force on 2027-01-01; there is: CO@2025-01-01, \
 CO@2026-01-01",
        ),
        (
            "BR",
            "2026-01-01",
            "no rules of BR are in force on 2026-01-01; there is: CL, CO, EU, MX, PE, US",
        ),
    ];
    for (jurisdiction, on, text) in table {
        let refusal = shipped()
            .in_force(jurisdiction, day(on))
            .expect_err("no rules");
        assert_eq!(
            (refusal.code(), refusal.to_string().as_str()),
            ("no_rules_in_force", text)
        );
    }
    let packs = Packs::load([(BASE_FILE, BASE)]).expect("good");
    assert!(packs.in_force("PE", day("2020-12-31")).is_ok());
    let refusal = packs.in_force("PE", day("2021-01-01")).expect_err("ended");
    let text = "no rules of PE are in force on 2021-01-01; there is: PE@2020-01-01";
    assert_eq!(refusal.to_string(), text);
    let empty = Packs::default();
    let none = empty.in_force("PE", day("2020-12-31"));
    assert!(
        none.expect_err("empty")
            .to_string()
            .ends_with("there is: none")
    );
}

#[test]
fn the_hash_is_of_the_content_and_not_of_how_the_file_looks() {
    let commented = format!("# A comment.\n\n{}", BASE.replace(" = ", "   =  "));
    let load = |text: &str| {
        let packs = Packs::load([(BASE_FILE, text)]).expect("good");
        packs.iter().next().expect("there").sha256()
    };
    assert_eq!(load(&commented), load(BASE));
    // Tables and keys in another order: the last table first, and its lines upside down.
    let (before, last) = BASE.split_at(BASE.rfind("[[reports]]").expect("the last table"));
    let (head, tables) = before.split_at(before.find("[laws.LAW]").expect("the first table"));
    let mut upside_down: Vec<&str> = last.lines().skip(1).collect();
    upside_down.reverse();
    let other = format!("{head}[[reports]]\n{}\n\n{tables}", upside_down.join("\n"));
    assert_ne!(other, BASE);
    assert_eq!(load(&other), load(BASE));
    assert_ne!(load(&BASE.replace("96", "97")), load(BASE));
    assert_eq!(load(BASE).len(), 64);
}
