//! What no pack may say: each case changes one thing of a good pack and is refused at its place.

use rules::{Category, Packs};

use crate::{BASE, BASE_FILE, base};

fn told<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<String> {
    let errors = Packs::load(files).err().unwrap_or_default();
    errors.iter().map(ToString::to_string).collect()
}

/// Cases with a blank line between them: what stands in the good pack, after `- `; what takes its
/// place, after `+ `; what is told, without the file's name, after `! `.
const CASES: &str = include_str!("malformed.txt");

fn lines<'a>(case: &'a str, mark: &str) -> Vec<&'a str> {
    case.lines()
        .filter_map(|line| line.strip_prefix(mark))
        .collect()
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let mut wrong = String::new();
    for case in CASES.split("\n\n") {
        let (from, to) = (lines(case, "- ").join("\n"), lines(case, "+ ").join("\n"));
        assert!(BASE.contains(&from), "the base pack has no {from:?}");
        let told = told([(BASE_FILE, BASE.replace(&from, &to).as_str())]);
        let place = |text: &String| text.replace(&format!("{BASE_FILE}:"), "! ");
        let told: Vec<String> = told.iter().map(place).collect();
        let expected: Vec<String> = lines(case, "! ")
            .iter()
            .map(|text| format!("! {text}"))
            .collect();
        if told != expected || told.is_empty() {
            wrong = format!("{wrong}\n{case}\nis told as\n{}\n", told.join("\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(CASES.split("\n\n").count() >= 60);
}

#[test]
fn what_a_pack_lacks_is_told() {
    let mut nobody = base();
    nobody.categories.remove(&Category::Retail);
    let mut nothing = base();
    nothing.participation.clear();
    let table = [
        (nobody, "[categories.RETAIL] is missing; it protects"),
        (nothing, "participation: must not be empty"),
    ];
    for (pack, problem) in table {
        let told = told([(BASE_FILE, pack.print().as_str())]);
        assert!(told.iter().any(|text| text.contains(problem)), "{told:?}");
    }
}

#[test]
fn all_places_of_all_files_are_told_at_once() {
    let one = BASE
        .replace("value = 96,", "value = -1,")
        .replace("rate_ppm = 300000", "rate_ppm = 1000001")
        .replace("amount = \"5000 PEN\"", "amount = \"5000 UVB\"");
    let other = BASE.replace("jurisdiction = \"PE\"", "jurisdiction = 7");
    let told = told([
        ("rules/CL/2020-01-01.toml", other.as_str()),
        (BASE_FILE, one.as_str()),
    ]);
    assert_eq!(
        told,
        [
            "rules/CL/2020-01-01.toml:1:16: jurisdiction: invalid type: integer `7`, expected a \
             string",
            "rules/PE/2020-01-01.toml:30:31: categories.RETAIL.cooling_off_hours.value: must be \
             from 0 to 744, not -1",
            "rules/PE/2020-01-01.toml:36:21: categories.RETAIL.per_project.steps[0].amount: `UVB` \
             is no currency of ISO 4217 and not in [units]; there is: UIT",
            "rules/PE/2020-01-01.toml:121:12: withholding[1].rate_ppm: 1000001 parts per million \
             are more than the whole; at most 1000000 (100 %)",
        ]
    );
}

#[test]
fn packs_of_a_jurisdiction_follow_each_other_without_gap_or_overlap() {
    let next = |from: &str| {
        BASE.replace("2020-01-01", from)
            .replace("valid_until = \"2020-12-31\"\n", "")
    };
    let load = |file: &str, text: &str| told([(BASE_FILE, BASE), (file, text)]);
    assert!(load("rules/PE/2021-01-01.toml", &next("2021-01-01")).is_empty());
    let gap = load("rules/PE/2021-01-02.toml", &next("2021-01-02"));
    assert_eq!(
        gap,
        [
            "rules/PE/2020-01-01.toml:3:15: valid_until: ends on 2020-12-31, but the next pack, \
 rules/PE/2021-01-02.toml, begins on 2021-01-02: it must end the day before"
        ]
    );
    let overlap = load("rules/PE/2020-12-31.toml", &next("2020-12-31"));
    assert_eq!(
        overlap,
        [
            "rules/PE/2020-01-01.toml:3:15: valid_until: ends on 2020-12-31, but the next pack, \
 rules/PE/2020-12-31.toml, begins on 2020-12-31: it must end the day before"
        ]
    );
    let same = load("old/PE/2020-01-01.toml", BASE);
    assert_eq!(
        same,
        [
            "rules/PE/2020-01-01.toml:2:14: valid_from: old/PE/2020-01-01.toml is of the same \
 jurisdiction and day; one of them must go"
        ]
    );
    let elsewhere = next("2020-06-01").replace("jurisdiction = \"PE\"", "jurisdiction = \"CL\"");
    assert!(load("rules/CL/2020-06-01.toml", &elsewhere).is_empty());
    let misnamed = load("rules/PE/2020-06-01.toml", &elsewhere);
    assert_eq!(
        misnamed,
        [
            "rules/PE/2020-06-01.toml:2:14: valid_from: the file must be named \
 `CL/2020-06-01.toml`, by its jurisdiction and its `valid_from`"
        ]
    );
}
