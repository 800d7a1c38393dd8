//! People by their public names, asked for once a request however often they are shown.

use std::collections::HashMap;

use async_graphql::dataloader::{DataLoader, Loader};
use async_graphql::{ComplexObject, Context, ID, Result, SimpleObject};
use contracts::users::{NamesReply, NamesRequest};

use crate::calls::{self, Calls, ask};
use crate::refusal::Problem;

/// Somebody, as others may know them.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct Person {
    /// The user's id.
    pub id: ID,
}

impl Person {
    /// The user of this id; the name is looked up when it is asked for.
    pub fn of(id: &ID) -> Self {
        Self { id: id.clone() }
    }
}

#[ComplexObject]
impl Person {
    /// The public display name.
    async fn name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let names = ctx.data_unchecked::<DataLoader<Names>>();
        let found = names.load_one(self.id.to_string()).await;
        found.map_err(|problem| problem.into_error(calls::of(ctx).language))
    }
}

/// Looks names up, many at a time.
pub struct Names(pub Calls);

impl Loader<String> for Names {
    type Value = String;
    type Error = Problem;

    async fn load(&self, ids: &[String]) -> Result<HashMap<String, String>, Problem> {
        names(&self.0, ids.to_vec()).await
    }
}

/// The public names of these users, by their ids.
pub async fn names(
    calls: &Calls,
    user_ids: Vec<String>,
) -> Result<HashMap<String, String>, Problem> {
    let message = NamesRequest { user_ids };
    let NamesReply { names } = ask!(calls.make, users.names(message)).await?;
    Ok(names)
}
