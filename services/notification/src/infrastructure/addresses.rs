//! Addresses and languages, asked of Auth over its link.

use std::time::Duration;

use async_trait::async_trait;
use contracts::auth::auth_client::AuthClient;
use contracts::auth::{Contact as PbContact, ContactsRequest};
use ids::{TenantId, UserId};
use link::Link;
use tonic::Request;

use crate::application::ports::{Addresses, Contact, Unreachable};

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// The addresses that Auth keeps.
pub struct OfAuth {
    /// How it is called.
    pub link: Link,
}

#[async_trait]
impl Addresses for OfAuth {
    async fn of(&self, tenant: TenantId, users: &[UserId]) -> Result<Vec<Contact>, Unreachable> {
        let mut request = Request::new(ContactsRequest {
            user_ids: users.iter().map(ToString::to_string).collect(),
        });
        request.set_timeout(PATIENCE);
        let tenant = tenant.to_string().parse().expect("a UUID is ASCII");
        request.metadata_mut().insert("fondeo-tenant", tenant);
        let reply = AuthClient::new(self.link.clone())
            .contacts(request)
            .await
            .map_err(|status| unreachable(status.into()))?;
        let contacts = reply.into_inner().contacts;
        contacts.into_iter().map(contact).collect()
    }
}

fn contact(given: PbContact) -> Result<Contact, Unreachable> {
    let PbContact {
        user_id,
        email,
        language,
    } = given;
    Ok(Contact {
        user: user_id
            .parse()
            .map_err(|err: ids::MalformedId| unreachable(err.into()))?,
        email,
        language: language.parse().unwrap_or_default(),
    })
}

fn unreachable(source: Box<dyn std::error::Error + Send + Sync>) -> Unreachable {
    Unreachable {
        what: "the addresses of Auth",
        source,
    }
}
