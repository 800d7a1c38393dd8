//! Between the contract's messages and the domain's values.

use clock::to_text;
use contracts::users as pb;
use link::malformed;
use time::Date;
use time::format_description::well_known::Iso8601;
use tonic::Status;

use crate::application::ports::{Person, Seen};
use crate::domain::{Documents, Kyc, KycState};

/// The key, and what is shown; texts without the spaces around them.
pub(super) fn submission(request: pb::SubmitKycRequest) -> Result<(String, Documents), Status> {
    let pb::SubmitKycRequest {
        idempotency_key,
        full_name,
        country,
        document_type,
        document_number,
        birth_date,
    } = request;
    let birth_date = Date::parse(&birth_date, &Iso8601::DATE);
    let documents = Documents {
        full_name: full_name.trim().to_owned(),
        country,
        document_type,
        document_number: document_number.trim().to_owned(),
        birth_date: birth_date.ok().ok_or_else(|| malformed("birth_date"))?,
    };
    Ok((idempotency_key, documents))
}

pub(super) fn profile((person, now): Seen) -> pb::Profile {
    let Person { id, documents, kyc } = person;
    let (display_name, country) = documents.map(name_and_country).unwrap_or_default();
    let state = kyc.state(now);
    let valid_until = match &kyc {
        Kyc::Verified { valid_until } if state == KycState::Verified => to_text(*valid_until),
        Kyc::Verified { valid_until: _ }
        | Kyc::None
        | Kyc::Pending { submitted_at: _ }
        | Kyc::Rejected(_)
        | Kyc::Expired => String::new(),
    };
    let reason = match kyc {
        Kyc::Rejected(reason) => reason.as_str().to_owned(),
        Kyc::None
        | Kyc::Pending { submitted_at: _ }
        | Kyc::Verified { valid_until: _ }
        | Kyc::Expired => String::new(),
    };
    pb::Profile {
        user_id: id.to_string(),
        display_name,
        country,
        kyc_state: state.to_string(),
        kyc_valid_until: valid_until,
        kyc_reason: reason,
    }
}

fn name_and_country(documents: Documents) -> (String, String) {
    let Documents {
        full_name,
        country,
        document_type: _,
        document_number: _,
        birth_date: _,
    } = documents;
    (full_name, country)
}

/// What waits; `None` where nothing does.
pub(super) fn waiting(person: Person) -> Option<pb::KycSubmission> {
    let Person { id, documents, kyc } = person;
    let submitted_at = match kyc {
        Kyc::Pending { submitted_at } => submitted_at,
        Kyc::None | Kyc::Verified { valid_until: _ } | Kyc::Rejected(_) | Kyc::Expired => {
            return None;
        }
    };
    let Documents {
        full_name,
        country,
        document_type,
        document_number,
        birth_date,
    } = documents?;
    Some(pb::KycSubmission {
        user_id: id.to_string(),
        full_name,
        country,
        document_type,
        document_number,
        birth_date: birth_date.to_string(),
        submitted_at: to_text(submitted_at),
    })
}
