//! The end of the story as a person reads it: the plan, what was paid, and who got what.

use std::fmt::Write as _;

use serde_json::Value;

/// The figures as tables.
pub fn tables(figures: &Value) -> String {
    let mut text = String::new();
    plan(figures, &mut text);
    goods(figures, &mut text);
    run(figures, &mut text);
    wallets(figures, &mut text);
    text
}

fn plan(figures: &Value, text: &mut String) {
    let totals = &figures["plan"]["totals"];
    line(text, "THE PLAN AND WHAT WAS PAID");
    row(text, ("", "planned", "paid", "over"));
    for one in items(&figures["budget"]) {
        let cells = (&one["line"], &one["planned"], &one["actual"], &one["over"]);
        row(
            text,
            (word(cells.0), word(cells.1), word(cells.2), word(cells.3)),
        );
    }
    row(text, ("total cost", word(&totals["total_cost"]), "", ""));
    let taxes = word(&totals["recoverable_taxes"]);
    row(text, ("recoverable taxes", taxes, "", ""));
    row(text, ("goal", word(&figures["plan"]["goal"]), "", ""));
}

fn goods(figures: &Value, text: &mut String) {
    line(text, "\nTHE GOODS");
    let head = [
        "",
        "received",
        "allotted",
        "sold",
        "written off",
        "bought back",
        "net",
    ];
    cells(text, &head.map(str::to_owned));
    for one in items(&figures["goods"]) {
        let allotted = one["allotted"].as_object().into_iter().flatten();
        let allotted: i64 = allotted.filter_map(|(_, units)| units.as_i64()).sum();
        cells(
            text,
            &[
                word(&one["sku"]).to_owned(),
                one["received"].to_string(),
                allotted.to_string(),
                one["sold"].to_string(),
                one["written_off"].to_string(),
                one["bought_back"].to_string(),
                word(&one["net_sales"]).to_owned(),
            ],
        );
    }
}

fn run(figures: &Value, text: &mut String) {
    let run = &figures["run"];
    line(text, "\nTHE FINAL RUN");
    for (name, key) in [
        ("captured", "captured"),
        ("unspent, back to all", "unspent"),
        ("owner's advance back", "advance_unused"),
        ("owner's advance repaid", "advance_repaid"),
        ("pool of the proceeds", "pool"),
        ("capital at work", "at_work"),
        ("profit", "profit"),
        ("owner's part", "owner_split"),
        ("fee", "fee"),
        ("tax", "tax"),
        ("distributed", "distributed"),
    ] {
        writeln!(text, "  {name:<24} {:>14}", word(&run[key])).expect("memory");
    }
    line(text, "\nWHO GOT WHAT");
    let keys = [
        "unspent",
        "capital",
        "fraction_cash",
        "profit",
        "fee",
        "tax",
        "net",
    ];
    let head = [
        "",
        "unspent",
        "capital",
        "fractions",
        "profit",
        "fee",
        "tax",
        "NET",
    ];
    cells(text, &head.map(str::to_owned));
    for one in items(&run["lines"]) {
        let mut row = vec![word(&one["request"]).to_owned()];
        row.extend(keys.map(|key| word(&one[key]).to_owned()));
        cells(text, &row);
    }
}

fn wallets(figures: &Value, text: &mut String) {
    let last = &figures["final"];
    line(text, "\nIN THE END");
    for (name, balance) in last["wallets"].as_object().into_iter().flatten() {
        writeln!(text, "  {name:<24} {:>14}", word(balance)).expect("memory");
    }
    for (name, key) in [
        ("platform fees", "platform_fees"),
        ("tax payable", "tax_payable"),
        ("escrow, capital", "escrow_capital"),
        ("escrow, proceeds", "escrow_proceeds"),
        ("at the bank", "custody_bank"),
        ("trial balance", "trial_balance"),
    ] {
        writeln!(text, "  {name:<24} {:>14}", word(&last[key])).expect("memory");
    }
}

fn line(text: &mut String, heading: &str) {
    writeln!(text, "{heading}").expect("memory");
}

fn row(text: &mut String, (name, a, b, c): (&str, &str, &str, &str)) {
    let row = format!("  {name:<20} {a:>12} {b:>12} {c:>12}");
    writeln!(text, "{}", row.trim_end()).expect("memory");
}

fn cells(text: &mut String, cells: &[String]) {
    let mut row = String::new();
    for (at, cell) in cells.iter().enumerate() {
        let written = match at {
            0 => write!(row, "  {cell:<14}"),
            _ => write!(row, " {cell:>12}"),
        };
        written.expect("memory");
    }
    writeln!(text, "{}", row.trim_end()).expect("memory");
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or("?")
}
