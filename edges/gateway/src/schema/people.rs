//! People by their public names, and what became of their projects, asked for once a request
//! however often they are shown.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use async_graphql::{ComplexObject, Context, ID, Result, SimpleObject};
use contracts::users::{NamesReply, NamesRequest};

use super::projects::{RecordOf, TrackRecord};
use crate::calls::{Calls, ask, load};
use crate::refusal::Problem;

/// Somebody, as others may know them.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct Person {
    /// The user's id.
    pub id: ID,
}

impl Person {
    /// The user of this id; what else is known is looked up when it is asked for.
    pub fn of(id: &ID) -> Self {
        Self { id: id.clone() }
    }
}

#[ComplexObject]
impl Person {
    /// The public display name.
    async fn name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        load(ctx, NameOf(self.id.to_string())).await
    }

    /// What became of the projects that they own; null while none was shown.
    async fn track_record(&self, ctx: &Context<'_>) -> Result<Option<TrackRecord>> {
        load(ctx, RecordOf(self.id.to_string())).await
    }
}

/// The name of the user of this id.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct NameOf(pub String);

impl Loader<NameOf> for Calls {
    type Value = String;
    type Error = Problem;

    async fn load(&self, users: &[NameOf]) -> Result<HashMap<NameOf, String>, Problem> {
        let ids = users.iter().map(|NameOf(id)| id.clone());
        let names = names(self, ids.collect()).await?.into_iter();
        Ok(names.map(|(id, name)| (NameOf(id), name)).collect())
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
