//! How much whom: tables by category, income and net worth.

use rules::{Bound, Category, Limits, Means, shipped};

use crate::{base, day, into, of, rates};

fn limits(rules: (&str, &str), category: Category, means: (&str, &str), currency: &str) -> Limits {
    let pack = shipped().in_force(rules.0, day(rules.1)).expect("in force");
    let known = |text: &str| (!text.is_empty()).then(|| of(text, currency));
    let means = Means {
        annual_income: known(means.0),
        net_worth: known(means.1),
    };
    pack.investor_limit(category, means, into(currency, &rates(&[])))
        .expect("one currency")
}

fn text(bound: Option<Bound>) -> String {
    bound.map_or("none".to_owned(), |bound| bound.amount.to_string())
}

#[test]
fn the_us_limit_of_twelve_months_before_and_after_each_change() {
    use Category::{Retail, Sophisticated};
    // on, category, annual income, net worth, the most in twelve months
    let table = [
        // 17 CFR 227.100(a)(2) from 2017 on: the lesser of both, accredited investors too. The
        // first five rows are the SEC's own examples.
        ("2020-01-01", Retail, "30000", "105000", "2200.00"),
        ("2020-01-01", Retail, "150000", "80000", "4000.00"),
        ("2020-01-01", Retail, "150000", "107000", "10700.00"),
        ("2020-01-01", Retail, "200000", "900000", "20000.00"),
        ("2020-01-01", Retail, "1200000", "2000000", "107000.00"),
        ("2020-01-01", Sophisticated, "200000", "900000", "20000.00"),
        // From 2021-03-15 on: the greater of both, accredited investors without limit.
        ("2021-03-15", Retail, "30000", "105000", "5250.00"),
        ("2021-03-15", Retail, "106999", "2000000", "100000.00"),
        ("2021-03-15", Retail, "107000", "2000000", "107000.00"),
        ("2021-03-15", Retail, "0", "9000000", "107000.00"),
        ("2021-03-15", Sophisticated, "200000", "900000", "none"),
        ("2022-09-19", Retail, "", "", "2200.00"),
        // From 2022-09-20 on: 124,000 and 2,500.
        ("2022-09-20", Retail, "", "", "2500.00"),
        ("2022-09-20", Retail, "60000", "80000", "4000.00"),
        ("2022-09-20", Retail, "30000", "10000", "2500.00"),
        ("2022-09-20", Retail, "50000", "", "2500.00"),
        ("2022-09-20", Retail, "50000.01", "", "2500.00"),
        ("2022-09-20", Retail, "50000.20", "", "2500.01"),
        ("2022-09-20", Retail, "123999.99", "500000", "25000.00"),
        ("2022-09-20", Retail, "124000", "500000", "50000.00"),
        ("2022-09-20", Retail, "124000", "9000000", "124000.00"),
        ("2026-11-24", Retail, "124000", "9000000", "124000.00"),
        ("2026-11-24", Sophisticated, "", "", "none"),
    ];
    for (on, category, income, net_worth, most) in table {
        let limits = limits(("US", on), category, (income, net_worth), "USD");
        assert_eq!(
            text(limits.per_12_months),
            most,
            "{on} {category} {income} {net_worth}"
        );
        assert_eq!(limits.per_project, None);
    }
}

#[test]
fn the_union_warns_above_and_limits_nobody() {
    use Category::{Retail, Sophisticated};
    let table = [
        (Retail, "", "1000.00"),
        (Retail, "20000", "1000.00"),
        (Retail, "20000.40", "1000.02"),
        (Retail, "300000", "15000.00"),
        (Sophisticated, "300000", "none"),
    ];
    for (category, net_worth, above) in table {
        let limits = limits(("EU", "2024-06-01"), category, ("", net_worth), "EUR");
        assert_eq!(text(limits.warn_above), above, "{category} {net_worth}");
        assert_eq!((limits.per_project, limits.per_12_months), (None, None));
    }
}

#[test]
fn colombia_counts_in_wages_of_the_year() {
    let table = [
        ("2025-06-30", "", "", "0.00"),
        ("2025-06-30", "90000000", "400000000", "80000000.00"),
        ("2025-06-30", "900000000000", "", "27046500000.00"),
        ("2026-06-30", "900000000000", "", "33267195000.00"),
    ];
    for (on, income, net_worth, most) in table {
        let limits = limits(("CO", on), Category::Retail, (income, net_worth), "COP");
        assert_eq!(
            text(limits.per_12_months),
            most,
            "{on} {income} {net_worth}"
        );
    }
}

#[test]
fn a_limit_is_worked_out_in_the_currency_of_the_project() {
    let rates = rates(&[("PEN", "0.25"), ("EUR", "1.10")]);
    let means = Means {
        annual_income: Some(of("200000", "PEN")),
        net_worth: Some(of("40000", "EUR")),
    };
    let pack = base();
    let limits = pack
        .investor_limit(Category::Retail, means, into("USD", &rates))
        .expect("all rates are there");
    assert_eq!(text(limits.per_project), "1250.00");
    assert_eq!(text(limits.per_12_months), "5000.00");
    assert_eq!(text(limits.warn_above.clone()), "2200.00");
    let source = limits.warn_above.map(|bound| bound.source);
    assert_eq!(source.as_deref(), Some("The Law, Art. 10"));

    let error = pack
        .investor_limit(
            Category::Retail,
            means,
            into("USD", &crate::rates(&[("PEN", "0.25")])),
        )
        .expect_err("no rate for EUR");
    assert_eq!(error.code(), "missing_rate");
    assert_eq!(
        error.to_string(),
        "there is no exchange rate for EUR; give one above zero"
    );
}

#[test]
fn what_is_below_zero_counts_as_nothing() {
    let limits = limits(
        ("US", "2024-01-01"),
        Category::Retail,
        ("-5000", "-90000"),
        "USD",
    );
    assert_eq!(text(limits.per_12_months), "2500.00");
}
