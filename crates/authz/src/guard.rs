//! The door of a service: each call is let in by the rights table or refused, deny by default.

use std::sync::Arc;

use futures::future::BoxFuture;
use http::HeaderMap;
use ids::TenantId;
use time::Duration;
use tonic::Status;
use uuid::Uuid;

use crate::{Actor, Caller, Right, Subject, Verifier, Who};

/// How old a sign-in may be for a decision about money.
const FRESH: Duration = Duration::minutes(5);

/// A signed-in person's call that was refused: it is recorded.
#[derive(Clone, Debug)]
pub struct Denied {
    /// Who tried.
    pub actor: Actor,
    /// What.
    pub rpc: String,
    /// `forbidden` or `fresh_sign_in_required`.
    pub code: &'static str,
}

/// What is done about a denied call.
pub type OnDenied = Arc<dyn Fn(Denied) -> BoxFuture<'static, ()> + Send + Sync>;

/// A service's door.
pub struct Guard {
    verifier: Arc<Verifier>,
    rights: Vec<Right>,
    on_denied: OnDenied,
}

impl Guard {
    /// The door that the table describes.
    pub fn new(verifier: Arc<Verifier>, rights: Vec<Right>, on_denied: OnDenied) -> Self {
        Self {
            verifier,
            rights,
            on_denied,
        }
    }

    /// Who is calling, when they may call this rpc through this program.
    pub async fn admit(
        &self,
        rpc: &str,
        caller: Option<Caller>,
        headers: &HeaderMap,
    ) -> Result<Actor, Status> {
        let right = self
            .rights
            .iter()
            .find(|right| right.rpc == rpc)
            .ok_or_else(|| Status::unimplemented("no such operation"))?;
        let caller = caller
            .filter(|Caller(name)| right.callers.contains(name))
            .ok_or_else(|| Status::permission_denied("this program may not make this call"))?;
        let correlation = header(headers, "fondeo-correlation")
            .and_then(|text| text.parse().ok())
            .unwrap_or_else(|| Uuid::from(ids::EventId::new()));

        let actor = match right.who {
            // One that reads for all tenants names none; row-level security shows it nothing.
            Who::Services => {
                let tenant = tenant(headers).unwrap_or(TenantId::from(Uuid::nil()));
                Actor::service(caller.0, tenant, correlation)
            }
            Who::Anyone | Who::SignedIn | Who::Roles(_) => {
                self.person(right, headers, correlation).await?
            }
        };
        let code = if !right.admits(&actor) {
            "forbidden"
        } else if right.fresh && !is_fresh(&actor) {
            "fresh_sign_in_required"
        } else {
            return Ok(actor);
        };
        (self.on_denied)(Denied {
            actor,
            rpc: rpc.to_owned(),
            code,
        })
        .await;
        Err(refused(code))
    }

    async fn person(
        &self,
        right: &Right,
        headers: &HeaderMap,
        correlation: Uuid,
    ) -> Result<Actor, Status> {
        let token = header(headers, "authorization").and_then(|text| text.strip_prefix("Bearer "));
        match (token, right.who) {
            (Some(token), _) => self
                .verifier
                .verify(token, correlation)
                .await
                .ok_or_else(|| unauthenticated("the access token is not valid: sign in again")),
            (None, Who::Anyone) => Ok(Actor {
                tenant: tenant(headers)?,
                subject: Subject::Anonymous,
                roles: Vec::new(),
                auth_time: None,
                correlation,
            }),
            (None, Who::SignedIn | Who::Roles(_) | Who::Services) => {
                Err(unauthenticated("sign in first"))
            }
        }
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The tenant of a call without a token: from one of our programs, which the caller check proved.
fn tenant(headers: &HeaderMap) -> Result<TenantId, Status> {
    header(headers, "fondeo-tenant")
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| Status::invalid_argument("the call names no tenant"))
}

fn is_fresh(actor: &Actor) -> bool {
    actor
        .auth_time
        .is_some_and(|at| clock::real_now() - at <= FRESH)
}

fn unauthenticated(text: &str) -> Status {
    let mut status = Status::unauthenticated(text);
    status
        .metadata_mut()
        .insert("fondeo-refusal", "unauthenticated".parse().expect("ASCII"));
    status
}

fn refused(code: &'static str) -> Status {
    let text = match code {
        "fresh_sign_in_required" => "this decision needs a sign-in of the last five minutes",
        _ => "your roles do not allow this",
    };
    let mut status = Status::permission_denied(text);
    status
        .metadata_mut()
        .insert("fondeo-refusal", code.parse().expect("ASCII"));
    status
}
