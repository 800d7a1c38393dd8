//! The agreement of a participation: shown before it is asked for, kept as it was signed.

use authz::Actor;
use ids::{ParticipationId, ProjectId};
use money::Money;
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use uow::StoreError;

use super::request_participation::RequestParticipationError;
use super::{App, queries};
use crate::domain::{AGREEMENT_VERSION, Language, Offering, Refusal, ShareType, Signature, Signer};

/// An agreement, word for word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// Of its template.
    pub version: String,
    /// What it is written in.
    pub language: Language,
    /// What it says.
    pub text: String,
    /// SHA-256 of the text, lower-case hex.
    pub sha256: String,
    /// When it was signed; `None` while it is only shown.
    pub agreed_at: Option<OffsetDateTime>,
}

/// What the caller would sign.
pub async fn participation_agreement(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    (amount, share_type): (Money, ShareType),
    language: Language,
) -> Result<Agreement, RequestParticipationError> {
    let investor = actor.user().ok_or(RequestParticipationError::Forbidden)?;
    let view = app.reads.offering(actor, project).await?;
    let offering = view.ok_or(RequestParticipationError::NoSuchOffering(project))?;
    let signer = Signer {
        investor,
        amount,
        share_type,
    };
    Ok(written(&offering.offering, signer, language)?)
}

/// What was signed: for whoever may see the participation.
pub async fn signed_agreement(
    app: &App,
    actor: &Actor,
    id: ParticipationId,
) -> Result<Option<Agreement>, StoreError> {
    match queries::participation(app, actor, id).await? {
        Some(_may_see) => app.reads.agreement(actor, id).await,
        None => Ok(None),
    }
}

/// The very agreement that was signed, or a refusal that names what there is to sign.
pub(super) fn verified(
    offering: &Offering,
    signer: Signer,
    signature: &Signature,
    now: OffsetDateTime,
) -> Result<Agreement, Refusal> {
    let spanish = written(offering, signer, Language::Es)?;
    let english = written(offering, signer, Language::En)?;
    let changed = Refusal::AgreementChanged {
        version: AGREEMENT_VERSION,
        hash_es: spanish.sha256.clone(),
        hash_en: english.sha256.clone(),
    };
    let signed = [spanish, english]
        .into_iter()
        .find(|one| (&one.version, &one.sha256) == (&signature.version, &signature.sha256));
    Ok(Agreement {
        agreed_at: Some(now),
        ..signed.ok_or(changed)?
    })
}

fn written(offering: &Offering, signer: Signer, language: Language) -> Result<Agreement, Refusal> {
    let text = offering.agreement(signer, language)?;
    let digest: [u8; 32] = Sha256::digest(&text).into();
    Ok(Agreement {
        version: AGREEMENT_VERSION.to_owned(),
        language,
        text,
        sha256: digest.map(|byte| format!("{byte:02x}")).concat(),
        agreed_at: None,
    })
}
