//! An investor asks the owner something.

use authz::Actor;
use ids::{ProjectId, QuestionId};
use time::Duration;
use uow::{IdempotencyKey, StoreError};

use crate::application::command::known;
use crate::application::{App, CommandError};

/// For everybody to read. A few a day for each person; counted under the project's lock.
#[tracing::instrument(name = "projects.ask_question", skip_all)]
pub async fn ask_question(
    app: &App,
    actor: &Actor,
    key: String,
    (id, text): (ProjectId, String),
) -> Result<QuestionId, CommandError> {
    let person = actor.user().ok_or(CommandError::Forbidden)?;
    let key = IdempotencyKey::try_new("ask_question", key, &(id, &text))?;
    let mut tx = app.store.begin(actor).await?;
    let project = known(&mut *tx, actor, id).await?;
    if let Some(answer) = tx.answer_to(&key).await? {
        return Ok(answer.parse().map_err(StoreError::failed)?);
    }
    let now = tx.now();
    let lately = tx.asked_since(id, person, now - Duration::days(1)).await?;

    let question = project.ask(person, &text, (lately, now))?;

    tx.add_question(&project, &question).await?;
    tx.remember(&key, &question.id.to_string()).await?;
    tx.commit().await?;
    Ok(question.id)
}
