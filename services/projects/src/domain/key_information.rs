//! The key information sheet: what an investor must read before taking part, made from the project
//! itself. One page of HTML without anything from elsewhere, in one language.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use money::Money;
use strum::{Display, EnumIter, EnumString};
use time::OffsetDateTime;

use super::key_words::{Words, words};
use super::scenario::{Unforeseeable, a_year, break_even_fall, scenarios};
use super::{File, ImportProject, MaterialChange, TrackRecord};

/// How long a project is taken to last, where the sheet says what a delay does.
const USUAL_DAYS: i64 = 180;
const DELAYS: [i64; 4] = [0, 30, 60, 90];

/// What the sheet is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter, EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum Language {
    /// Spanish.
    Es,
    /// English.
    En,
}

/// One version as it was issued: its documents by language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheets {
    /// From 1 on.
    pub version: u32,
    /// Business time.
    pub issued_at: OffsetDateTime,
    /// `es` and `en`.
    pub files: BTreeMap<String, File>,
}

/// What a version is made from.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The project, offered.
    pub project: &'a ImportProject,
    /// What was told since.
    pub changes: &'a [MaterialChange],
    /// What became of the owner's others.
    pub record: &'a TrackRecord,
    /// Which version it is.
    pub version: u32,
    /// Business time.
    pub at: OffsetDateTime,
}

/// The whole document.
pub fn render(subject: Subject<'_>, language: Language) -> Result<String, Unforeseeable> {
    let said = words(language);
    let mut page = Page(String::new());
    let name = &subject.project.description.name;
    page.open(language, &format!("{}: {name}", said.title));
    let issued = subject.at.date();
    page.line(&format!(
        "{} {}, {issued}. {}",
        said.version, subject.version, said.warning
    ));
    page.line(&subject.project.description.summary);
    page.head(said.risks);
    page.line(&subject.project.description.risk_text);
    offer(&mut page, said, subject.project)?;
    goods(&mut page, said, subject.project);
    costs(&mut page, said, subject.project);
    courses(&mut page, said, subject.project)?;
    record(&mut page, said, subject.record);
    if !subject.changes.is_empty() {
        page.head(said.changes);
        for change in subject.changes {
            page.line(&format!("{}: {}", change.notified_at.date(), change.text));
        }
    }
    page.head(said.complaints);
    page.line(said.complain);
    page.0.push_str("</main></body></html>\n");
    Ok(page.0)
}

fn offer(page: &mut Page, said: &Words, project: &ImportProject) -> Result<(), Unforeseeable> {
    let (terms, goal) = project.agreed_terms()?;
    let amount = |money: Option<Money>| money.map_or(said.none.to_owned(), text);
    page.head(said.offer);
    page.table(
        &[],
        [
            (said.goal, text(goal)),
            (said.jurisdiction, project.description.jurisdiction.clone()),
            (said.least, text(terms.min_ticket)),
            (said.most, amount(terms.max_ticket)),
            (said.least_goods, amount(terms.products_ticket_min)),
            (said.share, percent(terms.investor_share.parts().into())),
            (said.success_fee, percent(terms.success_fee.parts().into())),
            (said.tax, percent(terms.tax_withholding.parts().into())),
            (
                said.platform_fee,
                percent(terms.platform_fee.parts().into()),
            ),
            (said.first_loss, text(terms.first_loss)),
            (said.buyback, percent(terms.buyback.parts().into())),
            (said.holdback, percent(terms.holdback.parts().into())),
            (said.funding_days, terms.funding_days.to_string()),
            (said.decision_hours, terms.decision_hours.to_string()),
            (said.collection_days, terms.collection_days.to_string()),
        ]
        .map(|(label, value)| [label.to_owned(), value]),
    );
    page.head(said.cooling_off);
    let hours = terms.cooling_off_hours.to_string();
    page.line(&said.cool_off.replace("{hours}", &hours));
    Ok(())
}

fn goods(page: &mut Page, said: &Words, project: &ImportProject) {
    page.head(said.goods);
    let products = project.sheet.products.iter().zip(&project.costing.products);
    let rows = products.map(|(product, cost)| {
        [
            format!("{} {}", product.sku, product.name),
            product.hs_code.clone(),
            format!("{} {}", product.quantity, product.unit),
            text(cost.goods),
            text(cost.landed_cost),
        ]
    });
    page.table(&said.goods_columns, rows);
}

fn costs(page: &mut Page, said: &Words, project: &ImportProject) {
    page.head(said.costs);
    let lines = project.costing.lines.iter().map(|cost| {
        let kind = if cost.line.recoverable {
            format!("{} ({})", cost.line.kind, said.recoverable)
        } else {
            cost.line.kind.to_string()
        };
        [kind, cost.line.name.clone(), text(cost.amount)]
    });
    page.table(&[], lines);
    let totals = &project.costing.totals;
    page.table(
        &[],
        [
            (said.base_costs, totals.goods),
            (said.logistics, totals.logistics),
            (said.total_cost, totals.total_cost),
            (said.recoverable_taxes, totals.recoverable_taxes),
            (said.margin, totals.projected_return),
        ]
        .map(|(label, money)| [label.to_owned(), text(money)]),
    );
}

fn courses(page: &mut Page, said: &Words, project: &ImportProject) -> Result<(), Unforeseeable> {
    page.head(said.scenarios);
    let found = scenarios(project)?;
    let rows = found.iter().map(|one| {
        [
            format!("-{}", percent(one.fall.parts().into())),
            text(one.proceeds),
            text(one.result),
            percent(one.return_ppm),
        ]
    });
    page.table(&said.scenario_columns, rows);
    page.line(
        &said
            .break_even
            .replace("{fall}", &percent(break_even_fall(project))),
    );
    let planned = found.first().map_or(0, |one| one.return_ppm);
    page.line(&said.delay.replace("{days}", &USUAL_DAYS.to_string()));
    let rows = DELAYS.map(|days| {
        let yearly = a_year(planned, USUAL_DAYS + days);
        [format!("+{days}"), percent(yearly)]
    });
    page.table(&said.delay_columns, rows);
    Ok(())
}

fn record(page: &mut Page, said: &Words, record: &TrackRecord) {
    page.head(said.record);
    let states = record
        .states
        .iter()
        .map(|(state, count)| format!("{state}: {count}"));
    let states = states.collect::<Vec<_>>().join(", ");
    page.line(if states.is_empty() {
        said.none
    } else {
        &states
    });
    let (late, disputed) = (record.late.to_string(), record.disputed.to_string());
    page.line(
        &said
            .flags
            .replace("{late}", &late)
            .replace("{disputed}", &disputed),
    );
    let rows = record.money.iter().map(|one| {
        [
            text(one.raised),
            one.settled.to_string(),
            text(one.invested),
            text(one.projected),
            text(one.paid),
        ]
    });
    page.table(&said.record_columns, rows);
}

fn text(money: Money) -> String {
    format!("{money} {}", money.currency().code())
}

/// With two decimals, the rest cut off.
fn percent(ppm: i64) -> String {
    let sign = if ppm < 0 { "-" } else { "" };
    let parts = ppm.unsigned_abs();
    format!("{sign}{}.{:02} %", parts / 10_000, parts % 10_000 / 100)
}

struct Page(String);

const LOOK: &str = "body{font:16px/1.5 sans-serif;margin:2rem auto;max-width:52rem;padding:0 1rem}\
    table{border-collapse:collapse;margin:.5rem 0;width:100%}\
    td,th{border:1px solid #bbb;padding:.25rem .5rem;text-align:left}p{white-space:pre-line}";

impl Page {
    fn open(&mut self, language: Language, title: &str) {
        let title = escape(title);
        write!(
            self.0,
            "<!doctype html>\n<html lang=\"{language}\"><head><meta charset=\"utf-8\">\
             <title>{title}</title><style>{LOOK}</style></head><body><main>\n<h1>{title}</h1>\n"
        )
        .expect("memory");
    }

    fn head(&mut self, text: &str) {
        writeln!(self.0, "<h2>{}</h2>", escape(text)).expect("memory");
    }

    fn line(&mut self, text: &str) {
        writeln!(self.0, "<p>{}</p>", escape(text)).expect("memory");
    }

    fn table<const N: usize>(
        &mut self,
        columns: &[&str],
        rows: impl IntoIterator<Item = [String; N]>,
    ) {
        let row = |tag: &str, cells: &mut dyn Iterator<Item = &str>| -> String {
            let cells = cells.map(|cell| format!("<{tag}>{}</{tag}>", escape(cell)));
            format!("<tr>{}</tr>\n", cells.collect::<String>())
        };
        self.0.push_str("<table>\n");
        if !columns.is_empty() {
            self.0.push_str(&row("th", &mut columns.iter().copied()));
        }
        for cells in rows {
            self.0
                .push_str(&row("td", &mut cells.iter().map(String::as_str)));
        }
        self.0.push_str("</table>\n");
    }
}

/// What people wrote is text, never markup.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::execution::executed;

    #[test]
    fn a_sheet_says_it_all_in_both_languages_and_holds_no_markup_of_the_owner() {
        let mut project = executed();
        project.description.name = "<script>alert(1)</script> & sons".into();
        let change = MaterialChange {
            id: ids::ChangeId::new(),
            text: "The ship sails \"later\".".into(),
            renew_by: None,
            notified_at: OffsetDateTime::UNIX_EPOCH,
        };
        let subject = Subject {
            project: &project,
            changes: &[change],
            record: &TrackRecord::default(),
            version: 2,
            at: OffsetDateTime::UNIX_EPOCH,
        };
        for (language, said) in [
            (
                Language::En,
                ["Key information sheet", "Version 2, 1970-01-01", "-35.00 %"],
            ),
            (
                Language::Es,
                [
                    "Ficha de información clave",
                    "Versión 2, 1970-01-01",
                    "19.98 %",
                ],
            ),
        ] {
            let page = render(subject, language).unwrap();
            for text in said {
                assert!(page.contains(text), "{text}: {page}");
            }
            assert!(!page.contains("<script") && page.contains("&lt;script&gt;"));
            assert!(page.contains("12.05 USD") && page.contains("&quot;later&quot;"));
            assert_eq!(page, render(subject, language).unwrap(), "always the same");
        }
    }

    #[test]
    fn a_rate_has_two_decimals() {
        for (ppm, text) in [(0, "0.00 %"), (123_456, "12.34 %"), (-5_000, "-0.50 %")] {
            assert_eq!(percent(ppm), text);
        }
    }
}
