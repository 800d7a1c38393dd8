//! Between the contract's messages and the domain's values.

use clock::to_text;
use contracts::money::Money as PbMoney;
use contracts::users as pb;
use ids::UserId;
use link::malformed;
use money::Money;
use time::Date;
use time::format_description::well_known::Iso8601;
use tonic::Status;

use crate::application::UsersError;
use crate::application::consents::{Asked, text_hash};
use crate::application::decide_category::Answer;
use crate::application::give_consent::Read;
use crate::application::ports::{NamedInvestor, Person, Seen, Ticket};
use crate::domain::{
    Category, Documents, File, Investor, Kyc, KycState, Limits, Paper, Profile, Reason,
};

/// The key, and what is shown.
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
        full_name,
        country,
        document_type,
        document_number,
        birth_date: birth_date.ok().ok_or_else(|| malformed("birth_date"))?,
    };
    Ok((idempotency_key, documents))
}

pub(super) fn profile((person, now): Seen) -> pb::Profile {
    let display_name = person.name().to_owned();
    let Person {
        id,
        documents,
        kyc,
        profile,
    } = person;
    let Profile {
        display_name: _,
        language,
        country,
        phone,
    } = profile;
    let state = kyc.state(now);
    let (valid_until, reason) = match kyc {
        Kyc::Verified { valid_until } if state == KycState::Verified => {
            (to_text(valid_until), String::new())
        }
        Kyc::Rejected(reason) | Kyc::Suspended(reason) => {
            (String::new(), reason.as_str().to_owned())
        }
        Kyc::Verified { valid_until: _ }
        | Kyc::None
        | Kyc::Pending { submitted_at: _ }
        | Kyc::Expired => <(String, String)>::default(),
    };
    let shown = documents.map(|shown| shown.country);
    pb::Profile {
        user_id: id.to_string(),
        display_name,
        country: country.or(shown).unwrap_or_default(),
        kyc_state: state.to_string(),
        kyc_valid_until: valid_until,
        kyc_reason: reason,
        language: language.unwrap_or_default(),
        phone: phone.unwrap_or_default(),
    }
}

/// The key, and what the person says.
pub(super) fn said(request: pb::UpdateProfileRequest) -> Result<(String, Profile), Status> {
    let pb::UpdateProfileRequest {
        idempotency_key,
        display_name,
        language,
        country,
        phone,
    } = request;
    let profile = Profile::try_new((&display_name, &language), (&country, &phone));
    let profile = profile.map_err(|wrong| malformed(wrong.field))?;
    Ok((idempotency_key, profile))
}

pub(super) fn paper(paper: Paper) -> pb::KycDocument {
    let Paper {
        id,
        kind,
        file,
        attached_at,
    } = paper;
    let File {
        key: _,
        sha256,
        media_type,
        length,
    } = file;
    pb::KycDocument {
        document_id: id.to_string(),
        kind: kind.to_string(),
        media_type,
        length,
        sha256: hex::encode(sha256),
        attached_at: to_text(attached_at),
    }
}

pub(super) fn upload(ticket: Ticket) -> pb::KycUpload {
    let Ticket {
        upload_id,
        url,
        expires_at,
    } = ticket;
    pb::KycUpload {
        upload_id,
        url,
        expires_at: to_text(expires_at),
    }
}

/// What waits; `None` where nothing does.
pub(super) fn waiting((person, papers): (Person, Vec<Paper>)) -> Option<pb::KycSubmission> {
    let Person {
        id,
        documents,
        kyc,
        profile: _,
    } = person;
    let submitted_at = match kyc {
        Kyc::Pending { submitted_at } => submitted_at,
        Kyc::None
        | Kyc::Verified { valid_until: _ }
        | Kyc::Rejected(_)
        | Kyc::Expired
        | Kyc::Suspended(_) => return None,
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
        documents: papers.into_iter().map(paper).collect(),
    })
}

pub(super) fn investor((id, name, investor): NamedInvestor) -> pb::InvestorView {
    let Investor {
        category,
        limits: Limits {
            per_project,
            per_12_months,
        },
        request,
    } = investor;
    let (requested_at, request_reason) = request
        .map(|request| (to_text(request.at), request.reason.as_str().to_owned()))
        .unwrap_or_default();
    pb::InvestorView {
        user_id: id.to_string(),
        display_name: name,
        category: category.to_string(),
        per_project: per_project.map(pb_money),
        per_12_months: per_12_months.map(pb_money),
        requested_at,
        request_reason,
    }
}

fn pb_money(money: Money) -> PbMoney {
    PbMoney {
        currency: money.currency().code().to_owned(),
        minor: money.minor(),
    }
}

/// The key, and what is to be set.
pub(super) fn limits(
    request: pb::SetInvestorLimitsRequest,
) -> Result<(String, (UserId, Category, Limits)), Status> {
    let pb::SetInvestorLimitsRequest {
        idempotency_key,
        user_id,
        category,
        per_project,
        per_12_months,
    } = request;
    let limits = Limits::try_new(
        limit(per_project, "per_project")?,
        limit(per_12_months, "per_12_months")?,
    );
    let set = (
        link::read(&user_id, "user_id")?,
        link::read(&category, "category")?,
        limits.map_err(UsersError::from)?,
    );
    Ok((idempotency_key, set))
}

fn limit(given: Option<PbMoney>, field: &'static str) -> Result<Option<Money>, Status> {
    let read = |PbMoney { currency, minor }| Money::try_new(minor, currency.parse().ok()?).ok();
    let read = given.map(|given| read(given).ok_or_else(|| malformed(field)));
    read.transpose()
}

/// The key, whose request, and the answer to it.
pub(super) fn answer(
    request: pb::DecideCategoryRequest,
) -> Result<(String, (UserId, Answer)), Status> {
    let pb::DecideCategoryRequest {
        idempotency_key,
        user_id,
        accept,
        reason,
    } = request;
    let answer = if accept {
        Answer::Accepted
    } else {
        Answer::Refused(Reason::try_new(&reason).map_err(|wrong| malformed(wrong.field))?)
    };
    let user = link::read(&user_id, "user_id")?;
    Ok((idempotency_key, (user, answer)))
}

/// The key, and the text.
pub(super) fn consent_given(request: pb::GiveConsentRequest) -> Result<(String, Read), Status> {
    let pb::GiveConsentRequest {
        idempotency_key,
        consent,
        version,
        text_hash,
    } = request;
    let mut hash = [0; 32];
    let decoded = hex::decode_to_slice(&text_hash, &mut hash);
    decoded.ok().ok_or_else(|| malformed("text_hash"))?;
    let read = Read {
        consent: link::read(&consent, "consent")?,
        version,
        hash,
    };
    Ok((idempotency_key, read))
}

pub(super) fn consent(asked: &Asked, language: &str) -> pb::ConsentView {
    let Asked {
        consent,
        text,
        given_at,
    } = asked;
    let read = text.in_language(language);
    pb::ConsentView {
        consent: consent.to_string(),
        version: text.version,
        text: read.to_owned(),
        text_hash: hex::encode(text_hash(read)),
        given_at: given_at.map(to_text).unwrap_or_default(),
    }
}

/// The language that the text with this hash is written in.
pub(super) fn language_of(asked: &Asked, hash: [u8; 32]) -> &'static str {
    if text_hash(asked.text.spanish) == hash {
        "es"
    } else {
        "en"
    }
}
