//! What the rules say to an offer and to a request.

use std::collections::BTreeSet;

use rules::{Category, OfferFacts, Pack, Residence, shipped};
use settlement::ShareType;

use crate::{base, day, into, of, pen, rates};

#[test]
#[expect(clippy::too_many_lines, reason = "one table, one row a rule")]
fn an_offer_is_told_every_rule_that_it_breaks() {
    let documents = BTreeSet::from(["key_information_sheet".to_owned()]);
    let none = BTreeSet::new();
    let good = OfferFacts {
        types: &[ShareType::ProfitOnly],
        goal: pen("1000000"),
        raised_12_months: pen("290000"),
        open_days: 10,
        cooling_off_hours: 96,
        renewal_hours: Some(120),
        documents: &documents,
    };
    let table: [(OfferFacts<'_>, &[&str]); 6] = [
        (good, &[]),
        (
            OfferFacts {
                open_days: 90,
                renewal_hours: None,
                ..good
            },
            &[],
        ),
        (
            OfferFacts {
                types: &[ShareType::ProfitOnly, ShareType::Products],
                ..good
            },
            &[
                "participation_type_not_allowed: PRODUCTS may not be offered here; allowed: \
               PROFIT_ONLY (The Law, Art. 2; rules PE@2020-01-01)",
            ],
        ),
        (
            OfferFacts {
                raised_12_months: pen("290000.01"),
                ..good
            },
            &[
                "goal_above_ceiling: the owner would raise 1290000.01 PEN in twelve months; at \
               most 1290000.00 PEN is allowed (The Law, Art. 3; rules PE@2020-01-01)",
            ],
        ),
        (
            OfferFacts {
                open_days: 91,
                ..good
            },
            &[
                "open_days_too_many: the offering is open for 91 days; it may be open for at \
               most 90 (The Law, Art. 4; rules PE@2020-01-01)",
            ],
        ),
        (
            OfferFacts {
                open_days: 9,
                cooling_off_hours: 95,
                renewal_hours: Some(119),
                documents: &none,
                ..good
            },
            &[
                "open_days_too_few: the offering is open for 9 days; it must be open for at \
                 least 10 (The Law, Art. 4; rules PE@2020-01-01)",
                "cooling_off_too_short: investors may withdraw for 95 hours; it must be at \
                 least 96 (The Law, Art. 7; rules PE@2020-01-01)",
                "renewal_too_short: investors have 119 hours to renew; it must be at least 120 \
                 (The Law, Art. 5; rules PE@2020-01-01)",
                "document_missing: the document `key_information_sheet` (key information sheet) \
                 is missing; issue it first (The Law, Art. 12; rules PE@2020-01-01)",
            ],
        ),
    ];
    for (facts, expected) in table {
        let refusals = base()
            .check_terms(&facts, into("PEN", &rates(&[])))
            .expect("one currency");
        let told: Vec<String> = refusals
            .iter()
            .map(|r| format!("{}: {r}", r.code()))
            .collect();
        assert_eq!(told, expected, "{facts:?}");
    }
}

/// The base pack, but its law does not tell investors apart.
fn of_one_category() -> Pack {
    let mut pack = base();
    pack.categories.remove(&Category::Sophisticated);
    pack
}

#[test]
fn consents_are_asked_of_a_category_and_above_the_warning() {
    use Category::{Retail, Sophisticated};
    let (both, one) = (base(), of_one_category());
    let table: [(&Pack, Category, bool, &[&str]); 5] = [
        (&both, Retail, false, &["total_loss 2"]),
        (&both, Retail, true, &["total_loss 2", "large_amount 1"]),
        (&both, Sophisticated, true, &[]),
        (&one, Sophisticated, false, &["total_loss 2"]),
        (
            &one,
            Sophisticated,
            true,
            &["total_loss 2", "large_amount 1"],
        ),
    ];
    for (pack, category, is_large, expected) in table {
        let asked = pack.consents_for(category, is_large);
        let asked: Vec<String> = asked
            .map(|consent| format!("{} {}", consent.code, consent.version))
            .collect();
        assert_eq!(asked, expected, "{category} {is_large}");
    }
}

#[test]
fn tests_that_are_not_done_are_told_with_their_law() {
    use Category::{Retail, Sophisticated};
    let (both, one) = (base(), of_one_category());
    let entry = "entry_test_missing: the investor must pass the entry knowledge test first (The \
                 Law, Art. 8; rules PE@2020-01-01)";
    let loss = "loss_simulation_missing: the investor must simulate the loss that they can bear \
                first (The Law, Art. 8; rules PE@2020-01-01)";
    let table: [(&Pack, Category, bool, bool, &[&str]); 6] = [
        (&both, Retail, true, true, &[]),
        (&both, Retail, false, true, &[entry]),
        (&both, Retail, true, false, &[loss]),
        (&both, Retail, false, false, &[entry, loss]),
        (&both, Sophisticated, false, false, &[]),
        (&one, Sophisticated, false, false, &[entry, loss]),
    ];
    for (pack, category, passed, simulated, expected) in table {
        let refusals = pack.test_refusals(category, passed, simulated);
        let told: Vec<String> = refusals
            .iter()
            .map(|r| format!("{}: {r}", r.code()))
            .collect();
        assert_eq!(told, expected, "{category} {passed} {simulated}");
    }
}

#[test]
fn tax_is_withheld_by_category_and_residence() {
    use Category::{Retail, Sophisticated};
    use Residence::{NonResident, Resident};
    let table = [
        (Retail, Resident, Some("5")),
        (Sophisticated, Resident, Some("5")),
        (Retail, NonResident, Some("30")),
        (Sophisticated, NonResident, None),
    ];
    for (category, residence, percent) in table {
        let withheld = base().withholding(category, residence);
        let rate = withheld.map(|withheld| withheld.rate.percent());
        assert_eq!(rate.as_deref(), percent, "{category} {residence}");
    }
    let withheld = of_one_category().withholding(Sophisticated, NonResident);
    let rate = withheld.map(|withheld| withheld.rate.percent());
    assert_eq!(rate.as_deref(), Some("30"));
    let us = shipped()
        .in_force("US", day("2026-01-01"))
        .expect("in force");
    let withheld = us.withholding(Retail, NonResident).expect("named");
    assert_eq!(withheld.source, "Internal Revenue Code, § 1441");
    assert_eq!(us.withholding(Retail, Resident), None);
}

#[test]
fn a_project_in_another_currency_is_judged_at_the_rate_of_the_day() {
    let mexico = shipped()
        .in_force("MX", day("2026-01-01"))
        .expect("in force");
    let documents = BTreeSet::new();
    let offer = |goal| OfferFacts {
        types: &[ShareType::ProfitOnly, ShareType::Products],
        goal: of(goal, "MXN"),
        raised_12_months: of("0", "MXN"),
        open_days: 30,
        cooling_off_hours: 0,
        renewal_hours: None,
        documents: &documents,
    };
    let rates = rates(&[("MXV", "8.5")]);
    for (goal, code) in [
        ("14195000.00", None),
        ("14195000.01", Some("goal_above_max")),
    ] {
        let refusals = mexico
            .check_terms(&offer(goal), into("MXN", &rates))
            .expect("a rate of the UDI is given");
        assert_eq!(refusals.first().map(rules::Refusal::code), code, "{goal}");
        let text = "the project would raise 14195000.01 MXN; at most 14195000.00 MXN is allowed (";
        assert!(refusals.iter().all(|one| one.to_string().starts_with(text)));
    }
    let error = mexico
        .check_terms(&offer("1.00"), into("MXN", &crate::rates(&[])))
        .expect_err("no rate of the UDI");
    assert_eq!(error.code(), "missing_rate");
}
