//! The schema: one file a service, with what the API shows of it, asks it and has it do.

mod accounting;
mod auth;
mod notification;
mod participation;
mod people;
mod projects;
mod record;
mod runs;
mod users;
mod wallets;

use async_graphql::{EmptySubscription, MergedObject, Request};

use crate::calls::{self, Calls};
use crate::limits::Limits;
use crate::partial::Partial;

pub use participation::{Offering, offerings};
pub use people::names;
pub use projects::{Project, open_projects};

/// What can be asked. A refusal is an error with its code.
#[derive(MergedObject, Default)]
pub struct Query(
    auth::AuthQuery,
    users::UsersQuery,
    projects::ProjectsQuery,
    projects::InformationQuery,
    participation::ParticipationQuery,
    wallets::WalletsQuery,
    accounting::AccountingQuery,
    runs::RunsQuery,
    notification::NotificationQuery,
    record::RecordQuery,
);

/// What can be done. A refusal by a rule is an answer: the payload's `refusal`. Every input has an
/// idempotency key: repeated with it, the same input is answered as before.
#[derive(MergedObject, Default)]
pub struct Mutation(
    auth::AuthMutation,
    users::UsersMutation,
    projects::ProjectsMutation,
    projects::ExecutionMutation,
    projects::NewsMutation,
    participation::ParticipationMutation,
    participation::DecisionMutation,
    wallets::WalletsMutation,
    accounting::AccountingMutation,
    runs::RunsMutation,
    notification::NotificationMutation,
    record::RecordMutation,
);

/// The whole API.
pub type Schema = async_graphql::Schema<Query, Mutation, EmptySubscription>;

/// Introspection and suggestions are for development only (security.md §Edge 33).
pub fn schema(development: bool) -> Schema {
    let schema = Schema::build(Query::default(), Mutation::default(), EmptySubscription)
        .extension(Limits { development })
        .extension(Partial::default());
    if development {
        schema.finish()
    } else {
        schema
            .disable_introspection()
            .disable_suggestions()
            .finish()
    }
}

/// The request with what its resolvers need.
pub fn with_calls(request: Request, calls: &Calls) -> Request {
    request.data(calls::loader(calls)).data(calls.clone())
}
