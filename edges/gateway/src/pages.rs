//! The pages: the first one at `/`, without scripts, and GraphiQL in development. All they need is
//! embedded; nothing is loaded from elsewhere.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Extension, Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures::future::join_all;
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
    let pages = Router::new().route("/", get(landing)).route(
        "/landing/{file}",
        get(async |file: Path<String>| asset("landing", file)),
    );
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

async fn landing(
    State(api): State<Arc<Api>>,
    Extension(id): Extension<RequestId>,
    Query(Asked { lang }): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    let asked = lang.and_then(|tag| Language::tagged(&tag));
    let language = asked.unwrap_or_else(|| Language::of(&headers));
    // Nobody is signed in here: everybody sees the same.
    let calls = api.calls(id, &HeaderMap::new());
    let page = Landing {
        language,
        development: api.config.development,
        projects: open_projects(&calls, language).await,
    };
    match page.render() {
        Ok(page) => html(LANDING_CSP, page),
        Err(error) => {
            tracing::error!(%error, "the first page could not be written");
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

struct Card {
    name: String,
    by: String,
    summary: String,
    round: Option<Round>,
}

struct Round {
    percent: i128,
    funded: String,
    of_goal: String,
    room: String,
    until: String,
}

impl Landing {
    fn t(&self, name: &str) -> String {
        say(self.language, name, &[])
    }

    fn other_tag(&self) -> &'static str {
        match self.language {
            Language::Es => Language::En.tag(),
            Language::En => Language::Es.tag(),
        }
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
    let cards = projects.into_iter().map(|project| async {
        let offering = schema::offering_if_any(calls, project.project_id.clone()).await;
        let owner = names.get(project.owner_id.as_str()).cloned();
        card(project, owner, offering.ok().flatten(), language)
    });
    Some(join_all(cards).await)
}

fn card(
    project: Project,
    owner: Option<String>,
    offering: Option<Offering>,
    language: Language,
) -> Card {
    let by = owner.map(|owner| say(language, "by", &[("owner", owner)]));
    Card {
        name: project.name,
        by: by.unwrap_or_default(),
        summary: project.summary,
        round: offering.and_then(|offering| round(&offering, language)),
    }
}

fn round(offering: &Offering, language: Language) -> Option<Round> {
    let minor = |money: &Money| money.minor.parse::<i128>().ok();
    let goal = minor(&offering.goal)?;
    let taken = goal - minor(&offering.room)?;
    let percent = (taken * 100).checked_div(goal)?.clamp(0, 100);
    let shown = |money: &Money| format!("{} {}", money.amount, money.currency);
    let day = offering.deadline.split('T').next().unwrap_or_default();
    Some(Round {
        percent,
        funded: say(language, "funded", &[("percent", percent.to_string())]),
        of_goal: say(language, "of-goal", &[("goal", shown(&offering.goal))]),
        room: say(language, "room", &[("room", shown(&offering.room))]),
        until: say(language, "until", &[("date", day.to_owned())]),
    })
}
