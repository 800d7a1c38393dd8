//! What holds of all packs, amounts and days.

use proptest::prelude::*;
use rules::{Amount, Category, Means, Pack, Packs, shipped};
use time::{Date, Duration};

use crate::{BASE, base, into, rates};

fn days() -> impl Strategy<Value = Date> {
    let first = time::macros::date!(2015 - 01 - 01);
    (0_i64..8_000).prop_map(move |after| first + Duration::days(after))
}

fn categories() -> impl Strategy<Value = Category> {
    prop_oneof![Just(Category::Retail), Just(Category::Sophisticated)]
}

fn file(pack: &Pack) -> String {
    format!("{}/{}.toml", pack.jurisdiction, pack.valid_from)
}

proptest! {
    #[test]
    fn what_is_printed_reads_as_the_same_pack(hours in 0_i32..=744, ppm in 0_u32..=1_000_000,
                                              cap in 1_000_u32..1_000_000, note in ".{0,40}") {
        let mut pack = base();
        pack.notes = vec![note];
        pack.withholding[0].rate_ppm = money::Ppm::new(ppm);
        let retail = pack.categories.get_mut(&Category::Retail).expect("there");
        if let Some(cooling_off) = &mut retail.cooling_off_hours {
            cooling_off.value = hours;
        }
        if let Some(limit) = &mut retail.per_12_months {
            limit.steps[1].at_most = Some(format!("{cap}.5 UIT").parse().expect("an amount"));
        }
        let (name, text) = (file(&pack), pack.print());
        let packs = Packs::load([(name.as_str(), text.as_str())]);
        let read = packs.map(|packs| packs.iter().next().cloned());
        prop_assert_eq!(read, Ok(Some(pack.clone())));
        prop_assert_eq!(pack.sha256().len(), 64);
    }

    #[test]
    fn later_days_have_the_same_rules_or_later_ones(one in days(), other in days(),
                                                    which in 0_usize..6) {
        let jurisdiction = ["CL", "CO", "EU", "MX", "PE", "US"][which];
        let (early, late) = (one.min(other), one.max(other));
        if let Ok(first) = shipped().in_force(jurisdiction, early) {
            let then = shipped().in_force(jurisdiction, late);
            prop_assert!(first.valid_from <= early);
            // None after a pack that ends and that no other follows.
            let ended = |pack: &Pack| pack.valid_until.is_some_and(|until| until < late);
            let of_one = |pack: &&Pack| pack.jurisdiction == jurisdiction;
            let last = shipped().iter().filter(of_one).last();
            match then {
                Ok(then) => prop_assert!(first.valid_from <= then.valid_from),
                Err(_) => prop_assert!(last.is_some_and(ended)),
            }
        }
    }

    #[test]
    fn who_has_more_may_put_up_no_less(category in categories(), on in days(), which in 0_usize..6,
                                       income in 0_i64..5_000_000_000,
                                       worth in 0_i64..5_000_000_000,
                                       more in 0_i64..5_000_000_000) {
        let jurisdiction = ["CL", "CO", "EU", "MX", "PE", "US"][which];
        let Ok(pack) = shipped().in_force(jurisdiction, on) else { return Ok(()) };
        let none = rates(&[]);
        let exchange = into(pack.currency.code(), &none);
        let money = |minor: i64| money::Money::try_new(minor, pack.currency).ok();
        let limits = |income, worth| {
            let means = Means { annual_income: money(income), net_worth: money(worth) };
            let limits = pack.investor_limit(category, means, exchange).expect("one currency");
            [limits.per_project, limits.per_12_months, limits.warn_above]
                .map(|bound| bound.map_or(i64::MAX, |bound| bound.amount.minor()))
        };
        let before = limits(income, worth);
        for after in [limits(income + more, worth), limits(income, worth + more)] {
            for (before, after) in before.into_iter().zip(after) {
                prop_assert!(before <= after);
            }
        }
    }

    #[test]
    fn an_amount_reads_as_it_is_written(number in 0_i128..=10_i128.pow(19), unit in "[A-Z]{3,12}") {
        let number = money::UnitPrice::from_scaled(number).expect("in range");
        let amount = Amount { number, unit };
        prop_assert_eq!(amount.to_string().parse(), Ok(amount));
    }

    #[test]
    fn no_text_is_read_without_an_answer(at in 0_usize..BASE.len(), with in "\\PC{0,3}") {
        let at = (0..=at).rev().find(|at| BASE.is_char_boundary(*at)).unwrap_or(0);
        let rest = BASE[at..].chars().next().map_or("", |c| &BASE[at + c.len_utf8()..]);
        let text = format!("{}{with}{rest}", &BASE[..at]);
        if let Err(errors) = Packs::load([(crate::BASE_FILE, text.as_str())]) {
            prop_assert!(!errors.is_empty());
            for error in errors {
                prop_assert!(error.line >= 1 && error.line <= text.lines().count() + 1);
            }
        }
    }
}
