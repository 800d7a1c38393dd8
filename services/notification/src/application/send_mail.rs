//! Every notice also goes out as a mail: at least once, and twice is the same mail.

use std::collections::HashMap;

use authz::Actor;
use ids::{EventId, TenantId, UserId};
use uow::StoreError;

use super::App;
use super::inbox::word;
use super::ports::{Contact, Letter, Notice};

/// How often an address is looked for: some minutes, until the news of a registration is there.
const UNKNOWN: (&str, i32) = ("UNKNOWN_ADDRESS", 8);
/// How often a mail is tried: about half a day.
const UNDELIVERABLE: (&str, i32) = ("UNDELIVERABLE", 24);

/// Sends what is due. Answers how many went out; while the addresses can't be had, mails wait.
pub async fn send_due(app: &App) -> Result<usize, StoreError> {
    let mut by_tenant: HashMap<TenantId, Vec<Notice>> = HashMap::new();
    for (tenant, notice) in app.store.due_mails().await? {
        by_tenant.entry(tenant).or_default().push(notice);
    }
    let mut sent = 0;
    for (tenant, notices) in by_tenant {
        let mut users: Vec<UserId> = notices.iter().map(|notice| notice.user).collect();
        users.sort_unstable();
        users.dedup();
        let contacts = match app.addresses.of(tenant, &users).await {
            Ok(contacts) => contacts,
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    waiting = notices.len(),
                    "mails wait"
                );
                continue;
            }
        };
        for notice in notices {
            let contact = contacts.iter().find(|contact| contact.user == notice.user);
            sent += usize::from(send(app, tenant, &notice, contact).await?);
        }
    }
    Ok(sent)
}

/// Takes one out; false when it must wait.
async fn send(
    app: &App,
    tenant: TenantId,
    notice: &Notice,
    contact: Option<&Contact>,
) -> Result<bool, StoreError> {
    let Some(contact) = contact else {
        tracing::warn!(notice = %notice.id, "nobody knows the address of this notice's reader");
        return failed(app, tenant, notice, UNKNOWN).await;
    };
    let letter = Letter {
        id: notice.id,
        email: contact.email.clone(),
        text: word(notice, notice.language.unwrap_or(contact.language)),
        at: notice.at,
    };
    if let Err(error) = app.post.deliver(&letter).await {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            notice = %notice.id,
            "a mail could not go out"
        );
        return failed(app, tenant, notice, UNDELIVERABLE).await;
    }
    let mut tx = app.store.begin(&postman(tenant)).await?;
    tx.mail_sent(notice).await?;
    tx.commit().await?;
    Ok(true)
}

/// It waits, or is given up.
async fn failed(
    app: &App,
    tenant: TenantId,
    notice: &Notice,
    why: (&'static str, i32),
) -> Result<bool, StoreError> {
    let mut tx = app.store.begin(&postman(tenant)).await?;
    tx.mail_failed(notice, why).await?;
    tx.commit().await?;
    Ok(false)
}

fn postman(tenant: TenantId) -> Actor {
    Actor::service("notification", tenant, EventId::new().as_uuid())
}
