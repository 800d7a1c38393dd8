//! The public face of the platform: GraphQL over HTTP, answered by the services, and the first
//! page. Whoever calls is verified by the services: the gateway passes the token on and decides
//! nothing about rights.
//!
//! Deliberately absent: sessions, cookies and CORS. A browser's page on another origin can call
//! nothing here.

mod calls;
mod connection;
mod cost;
mod door;
mod language;
mod limits;
mod pages;
mod partial;
mod persisted;
mod refusal;
mod schema;
mod wire;

use std::sync::Arc;

use axum::Router;
use ids::TenantId;
use link::Link;

/// How the gateway stands.
#[derive(Clone, Debug)]
pub struct Config {
    /// Opens introspection, suggestions and the GraphiQL page. Never in production.
    pub development: bool,
    /// The public base URL, as in `https://fondeo.example`. A browser's `Origin` must be this one.
    pub issuer: String,
    /// Whose platform it is, for callers without a token.
    pub tenant: TenantId,
}

/// The services, near or far.
#[derive(Clone)]
pub struct Links {
    /// Accounts and roles.
    pub auth: Link,
    /// Profiles and the verification of identities.
    pub users: Link,
    /// Import projects.
    pub projects: Link,
    /// Funding rounds.
    pub participation: Link,
    /// The books.
    pub accounting: Link,
    /// The inboxes.
    pub notification: Link,
}

/// `POST /graphql`, the first page at `/`, and in development GraphiQL at `GET /graphql`.
pub fn router(config: Config, links: Links) -> Router {
    let api = Arc::new(door::Api::new(config, links));
    let router = door::routes().merge(pages::routes(&api));
    door::framed(router).with_state(api)
}

/// The schema in the schema definition language, as `schema.graphql` has it.
pub fn sdl() -> String {
    schema::schema(false).sdl()
}
