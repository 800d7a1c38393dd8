//! Rule packs, as a lawyer and a banker read them.

mod dated;
mod document;
mod import;
mod judged;
mod limits;
mod malformed;
mod properties;
mod shipped_packs;

use costing::{Exchange, Rates};
use money::{Currency, Money};
use rules::{Pack, Packs};
use time::Date;

/// A pack that says something about everything.
const BASE: &str = include_str!("base.toml");
const BASE_FILE: &str = "rules/PE/2020-01-01.toml";

fn base() -> Pack {
    let packs = Packs::load([(BASE_FILE, BASE)]).expect("the base pack is good");
    packs.iter().next().expect("it is there").clone()
}

fn day(text: &str) -> Date {
    let form = time::macros::format_description!("[year]-[month]-[day]");
    Date::parse(text, &form).expect(text)
}

fn of(text: &str, currency: &str) -> Money {
    let currency: Currency = currency.parse().expect(currency);
    Money::parse(text, currency).expect(text)
}

fn pen(text: &str) -> Money {
    of(text, "PEN")
}

fn rates(given: &[(&str, &str)]) -> Rates {
    let rate = |(from, rate): &(&str, &str)| {
        let from = from.parse().expect("a currency");
        (from, rate.parse().expect("a rate"))
    };
    given.iter().map(rate).collect()
}

fn into<'a>(currency: &str, rates: &'a Rates) -> Exchange<'a> {
    let into = currency.parse().expect(currency);
    Exchange { into, rates }
}
