//! The other services hear of a text that is in force, once an operator and version.

use authz::Actor;
use ids::EventId;
use strum::IntoEnumIterator as _;
use uow::StoreError;

use super::App;
use crate::domain::Consent;

/// Tells every operator's services what they were not told. Answers how many operators.
pub async fn issue_texts(app: &App) -> Result<usize, StoreError> {
    let in_force: Vec<_> = Consent::iter()
        .map(|consent| (consent, consent.text().version))
        .collect();
    let untold = app.store.untold(&in_force).await?;
    for tenant in &untold {
        let issuer = Actor::service("users", *tenant, EventId::new().as_uuid());
        let mut tx = app.store.begin(&issuer).await?;
        for (consent, version) in &in_force {
            tx.issue(*consent, *version).await?;
        }
        tx.commit().await?;
    }
    Ok(untold.len())
}
