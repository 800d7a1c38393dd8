//! An admin takes a question out of the public's sight.

use authz::Actor;
use ids::{ProjectId, QuestionId};
use uow::IdempotencyKey;

use crate::application::command::known;
use crate::application::{App, CommandError};
use crate::domain::Refusal;

/// With a reason; whoever asked, the owner and staff still see it.
#[tracing::instrument(name = "projects.hide_question", skip_all)]
pub async fn hide_question(
    app: &App,
    actor: &Actor,
    key: String,
    (id, question, reason): (ProjectId, QuestionId, String),
) -> Result<(), CommandError> {
    let admin = actor.user().ok_or(CommandError::Forbidden)?;
    let key = IdempotencyKey::try_new("hide_question", key, &(id, question, &reason))?;
    let mut tx = app.store.begin(actor).await?;
    known(&mut *tx, actor, id).await?;
    if tx.answer_to(&key).await?.is_some() {
        return Ok(());
    }
    let question = tx.question(id, question).await?;
    let mut question = question.ok_or(Refusal::NoSuchQuestion)?;

    question.hide(admin, &reason)?;

    tx.save_hidden(id, &question).await?;
    tx.remember(&key, &question.id.to_string()).await?;
    Ok(tx.commit().await?)
}
