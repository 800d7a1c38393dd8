//! The owner answers.

use authz::Actor;
use ids::{ProjectId, QuestionId};
use uow::IdempotencyKey;

use crate::application::command::own;
use crate::application::{App, CommandError};
use crate::domain::Refusal;

/// Once, for everybody to read. Only the project's owner may.
#[tracing::instrument(name = "projects.answer_question", skip_all)]
pub async fn answer_question(
    app: &App,
    actor: &Actor,
    key: String,
    (id, question, text): (ProjectId, QuestionId, String),
) -> Result<(), CommandError> {
    let key = IdempotencyKey::try_new("answer_question", key, &(id, question, &text))?;
    let mut tx = app.store.begin(actor).await?;
    own(&mut *tx, actor, id).await?;
    if tx.answer_to(&key).await?.is_some() {
        return Ok(());
    }
    let question = tx.question(id, question).await?;
    let mut question = question.ok_or(Refusal::NoSuchQuestion)?;

    question.give_answer(&text, tx.now())?;

    tx.save_answer(id, &question).await?;
    tx.remember(&key, &question.id.to_string()).await?;
    Ok(tx.commit().await?)
}
