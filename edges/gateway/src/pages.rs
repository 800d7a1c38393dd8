//! The pages: the first one at `/` and the one for what is not there, without scripts, and GraphiQL
//! in development. All they need is embedded; nothing is loaded from elsewhere.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Extension, Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};
use rust_embed::RustEmbed;
use serde::Deserialize;

use crate::calls::Calls;
use crate::door::{Api, RequestId};
use crate::language::Language;
use crate::schema::{self, Offering, Project};
use crate::wire::Money;

/// The first page: its own style and pictures, and nothing else.
const LANDING_CSP: &str = "default-src 'none'; style-src 'self'; img-src 'self'; \
     base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/// GraphiQL draws with styles that it makes itself; scripts come from here only.
const GRAPHIQL_CSP: &str = "default-src 'none'; script-src 'self'; \
     style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

#[derive(RustEmbed)]
#[folder = "assets"]
struct Assets;

/// `/` with what it shows, and in development GraphiQL.
pub fn routes(api: &Api) -> Router<Arc<Api>> {
    let pages = Router::new()
        .route("/", get(landing))
        .route("/landing/landing.css", get(stylesheet))
        .route(
            "/landing/{file}",
            get(async |file: Path<String>| asset("landing", file)),
        )
        .fallback(lost);
    if api.config.development {
        pages.route("/graphql", get(graphiql)).route(
            "/graphiql/{file}",
            get(async |file: Path<String>| asset("graphiql", file)),
        )
    } else {
        pages
    }
}

fn asset(folder: &str, Path(file): Path<String>) -> Response {
    let Some(found) = Assets::get(&format!("{folder}/{file}")) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (CONTENT_TYPE, found.metadata.mimetype().to_owned()),
        (CACHE_CONTROL, "public, max-age=3600".to_owned()),
    ];
    (headers, found.data).into_response()
}

async fn stylesheet() -> Response {
    let headers = [
        (CONTENT_TYPE, "text/css; charset=utf-8"),
        (CACHE_CONTROL, "public, max-age=3600"),
    ];
    let sheet = look::stylesheet(include_str!("../assets/landing.css"));
    (headers, sheet).into_response()
}

async fn graphiql() -> Response {
    let page = Assets::get("graphiql/index.html").expect("embedded");
    html(GRAPHIQL_CSP, page.data.into_owned())
}

fn html(policy: &'static str, page: impl Into<axum::body::Body>) -> Response {
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, policy),
        (CACHE_CONTROL, "no-store"),
    ];
    (headers, page.into()).into_response()
}

#[derive(Deserialize)]
struct Asked {
    lang: Option<String>,
}

impl Asked {
    /// By a click, or else by the browser's habit.
    fn language(self, headers: &HeaderMap) -> Language {
        let asked = self.lang.and_then(|tag| Language::tagged(&tag));
        asked.unwrap_or_else(|| Language::of(headers))
    }
}

async fn landing(
    State(api): State<Arc<Api>>,
    Extension(id): Extension<RequestId>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    let language = asked.language(&headers);
    // Nobody is signed in here: everybody sees the same.
    let calls = api.calls(id, &HeaderMap::new());
    let page = Landing {
        language,
        development: api.config.development,
        projects: open_projects(&calls, language).await,
    };
    rendered(&page)
}

/// What is at no address.
async fn lost(State(api): State<Arc<Api>>, headers: HeaderMap) -> Response {
    let page = Lost {
        language: Language::of(&headers),
        development: api.config.development,
    };
    (StatusCode::NOT_FOUND, rendered(&page)).into_response()
}

fn rendered(page: &impl Template) -> Response {
    match page.render() {
        Ok(page) => html(LANDING_CSP, page),
        Err(error) => {
            tracing::error!(%error, "a page could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

#[derive(Template)]
#[template(path = "landing.html")]
struct Landing {
    language: Language,
    development: bool,
    /// `None`: they can't be had right now.
    projects: Option<Vec<Card>>,
}

#[derive(Template)]
#[template(path = "lost.html")]
struct Lost {
    language: Language,
    development: bool,
}

struct Card {
    name: String,
    by: String,
    summary: String,
    /// Of the goal; 0 before the round.
    percent: i128,
    /// The same in words; `None` before the round.
    funded: Option<String>,
    /// Each with the name of its text.
    figures: Vec<(&'static str, String)>,
}

impl Landing {
    fn t(&self, name: &str) -> String {
        say(self.language, name, &[])
    }

    fn other_tag(&self) -> &'static str {
        self.language.other().tag()
    }
}

impl Lost {
    fn t(&self, name: &str) -> String {
        say(self.language, name, &[])
    }

    fn other_tag(&self) -> &'static str {
        self.language.other().tag()
    }
}

fn say(language: Language, name: &str, args: &[(&str, String)]) -> String {
    let args: Vec<_> = args
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect();
    language.text(name, &args).unwrap_or_default()
}

/// The newest projects that take requests, each with its round.
async fn open_projects(calls: &Calls, language: Language) -> Option<Vec<Card>> {
    let projects = schema::open_projects(calls).await.ok()?;
    let owners = projects.iter().map(|project| project.owner_id.to_string());
    let names = schema::names(calls, owners.collect())
        .await
        .unwrap_or_default();
    let ids = projects
        .iter()
        .map(|project| project.project_id.to_string());
    let offerings = schema::offerings(calls, ids.collect())
        .await
        .unwrap_or_default();
    let cards = projects.into_iter().map(|project| {
        let owner = names.get(project.owner_id.as_str()).cloned();
        let offering = offerings.get(project.project_id.as_str());
        card(project, owner, offering, language)
    });
    Some(cards.collect())
}

fn card(
    project: Project,
    owner: Option<String>,
    offering: Option<&Offering>,
    language: Language,
) -> Card {
    let by = owner.map(|owner| say(language, "by", &[("owner", owner)]));
    let percent = offering.and_then(percent);
    let mut figures = Vec::new();
    if let Some(offering) = offering {
        figures.push(("goal", shown(&offering.goal)));
        figures.push(("room", shown(&offering.room)));
    }
    if let Some(ticket) = project.terms.and_then(|terms| terms.min_ticket) {
        figures.push(("min-ticket", shown(&ticket)));
    }
    if let Some(offering) = offering {
        figures.push(("deadline", day(&offering.deadline, language)));
    }
    Card {
        name: project.name,
        by: by.unwrap_or_default(),
        summary: project.summary,
        percent: percent.unwrap_or_default(),
        funded: percent.map(|it| say(language, "funded", &[("percent", it.to_string())])),
        figures,
    }
}

/// How much of the goal is taken, rounded down.
fn percent(offering: &Offering) -> Option<i128> {
    let minor = |money: &Money| money.minor.parse::<i128>().ok();
    let goal = minor(&offering.goal)?;
    let taken = goal - minor(&offering.room)?;
    Some((taken * 100).checked_div(goal)?.clamp(0, 100))
}

/// `USD 77,257.60`; both of our languages write it so in Peru.
fn shown(money: &Money) -> String {
    let amount = money.amount.as_str();
    let (whole, part) = amount.split_at(amount.find('.').unwrap_or(amount.len()));
    let mut text = format!("{}\u{a0}", money.currency);
    for (at, digit) in whole.char_indices() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text + part
}

/// The day of a time such as `2027-04-24T00:00:00Z`, in words.
fn day(time: &str, language: Language) -> String {
    let date = time.split('T').next().unwrap_or_default();
    let [year, month, day] = date.split('-').collect::<Vec<_>>()[..] else {
        return date.to_owned();
    };
    let args = [
        ("day", day.trim_start_matches('0').to_owned()),
        ("month", say(language, &format!("month-{month}"), &[])),
        ("year", year.to_owned()),
    ];
    say(language, "day", &args)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(amount: &str) -> Money {
        Money {
            amount: amount.to_owned(),
            minor: amount.replace('.', ""),
            currency: "USD".to_owned(),
        }
    }

    #[test]
    fn amounts_and_days_are_written_as_people_read_them() {
        for (amount, text) in [
            ("0.05", "USD\u{a0}0.05"),
            ("500.00", "USD\u{a0}500.00"),
            ("77257.60", "USD\u{a0}77,257.60"),
            ("1234567", "USD\u{a0}1,234,567"),
        ] {
            assert_eq!(shown(&money(amount)), text);
        }
        let at = "2027-04-04T05:00:00Z";
        assert_eq!(day(at, Language::Es), "4 de abril de 2027");
        assert_eq!(day(at, Language::En), "4 April 2027");
    }

    #[test]
    fn every_text_is_there_in_both_languages() {
        let names = |text: &str| -> Vec<String> {
            let named = text.lines().filter_map(|line| line.split_once(" = "));
            named.map(|(name, _)| name.to_owned()).collect()
        };
        let spanish = names(include_str!("../locales/es/landing.ftl"));
        assert_eq!(spanish, names(include_str!("../locales/en/landing.ftl")));
        for language in [Language::Es, Language::En] {
            let card = Card {
                name: "<b>tea</b>".to_owned(),
                by: String::new(),
                summary: "Leaves.".to_owned(),
                percent: 90,
                funded: Some("90 %".to_owned()),
                figures: vec![("goal", shown(&money("77257.60")))],
            };
            let full = Landing {
                language,
                development: true,
                projects: Some(vec![card]),
            };
            let none = Landing {
                language,
                development: false,
                projects: Some(Vec::new()),
            };
            let lost = Lost {
                language,
                development: false,
            };
            for page in [full.render(), none.render(), lost.render()] {
                let page = page.expect("a page");
                assert!(!page.contains("<b>") && !page.contains("<script"), "{page}");
                for empty in ["<h1></h1>", "<h2></h2>", "<p></p>", "<dt></dt>", "></a>"] {
                    assert!(!page.contains(empty), "{empty} in {page}");
                }
            }
        }
    }
}
