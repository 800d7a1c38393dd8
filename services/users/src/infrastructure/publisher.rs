//! What happened, in the words of the contract (`events.proto`), recorded beside its effect. Ids
//! only: what a person showed stays here.

use clock::to_text;
use contracts::money::Money as PbMoney;
use contracts::users as pb;
use ids::{DocumentId, UserId};
use journal::Record as _;
use money::Money;
use pg::Uow;
use uow::StoreError;

use crate::application::ports::Person;
use crate::domain::{Category, Consent, Investor, InvestorFact, Kyc, Limits, Paper, Profile};

pub(super) async fn moved(uow: &mut Uow, person: &Person, by: &str) -> Result<(), StoreError> {
    let Person {
        id,
        documents,
        kyc,
        profile: _,
    } = person;
    let (aggregate, user_id) = (id.as_uuid(), id.to_string());
    match kyc {
        Kyc::None => return Ok(()),
        Kyc::Pending { submitted_at: _ } => {
            uow.record(aggregate, &pb::KycSubmitted { user_id }).await
        }
        Kyc::Verified { valid_until } => {
            let event = pb::KycVerified {
                user_id,
                country: documents
                    .as_ref()
                    .map(|shown| shown.country.clone())
                    .unwrap_or_default(),
                valid_until: to_text(*valid_until),
                verified_by: by.to_owned(),
            };
            uow.record(aggregate, &event).await
        }
        Kyc::Rejected(reason) => {
            let event = pb::KycRejected {
                user_id,
                reason: reason.as_str().to_owned(),
                rejected_by: by.to_owned(),
            };
            uow.record(aggregate, &event).await
        }
        Kyc::Expired => uow.record(aggregate, &pb::KycExpired { user_id }).await,
        Kyc::Suspended(reason) => {
            let event = pb::KycSuspended {
                user_id,
                reason: reason.as_str().to_owned(),
                suspended_by: by.to_owned(),
            };
            uow.record(aggregate, &event).await
        }
    }
    .map(drop)
}

pub(super) async fn profile_updated(
    uow: &mut Uow,
    user: UserId,
    profile: &Profile,
) -> Result<(), StoreError> {
    let Profile {
        display_name: _,
        language,
        country,
        phone: _,
    } = profile;
    let event = pb::ProfileUpdated {
        user_id: user.to_string(),
        language: language.clone().unwrap_or_default(),
        country: country.clone().unwrap_or_default(),
    };
    uow.record(user.as_uuid(), &event).await.map(drop)
}

pub(super) async fn paper_attached(
    uow: &mut Uow,
    user: UserId,
    paper: &Paper,
) -> Result<(), StoreError> {
    let Paper {
        id,
        kind,
        file,
        attached_at: _,
    } = paper;
    let event = pb::KycDocumentAttached {
        user_id: user.to_string(),
        document_id: id.to_string(),
        kind: kind.to_string(),
        sha256: hex::encode(file.sha256),
    };
    uow.record(user.as_uuid(), &event).await.map(drop)
}

pub(super) async fn paper_viewed(
    uow: &mut Uow,
    user: UserId,
    (paper, by): (DocumentId, UserId),
) -> Result<(), StoreError> {
    let event = pb::KycDocumentViewed {
        user_id: user.to_string(),
        document_id: paper.to_string(),
        viewed_by: by.to_string(),
    };
    uow.record(user.as_uuid(), &event).await.map(drop)
}

pub(super) async fn investor(
    uow: &mut Uow,
    user: UserId,
    investor: &Investor,
    (fact, by): (&InvestorFact, UserId),
) -> Result<(), StoreError> {
    let (aggregate, user_id) = (user.as_uuid(), user.to_string());
    match fact {
        InvestorFact::Requested => {
            let event = pb::CategoryRequested {
                user_id,
                category: Category::Sophisticated.to_string(),
            };
            uow.record(aggregate, &event).await
        }
        InvestorFact::Refused(reason) => {
            let event = pb::CategoryRefused {
                user_id,
                category: Category::Sophisticated.to_string(),
                reason: reason.as_str().to_owned(),
                refused_by: by.to_string(),
            };
            uow.record(aggregate, &event).await
        }
        InvestorFact::LimitsSet => {
            let Investor {
                category,
                limits:
                    Limits {
                        per_project,
                        per_12_months,
                    },
                request: _,
            } = investor;
            let event = pb::InvestorLimitsSet {
                user_id,
                category: category.to_string(),
                per_project: per_project.map(pb_money),
                per_12_months: per_12_months.map(pb_money),
                set_by: by.to_string(),
            };
            uow.record(aggregate, &event).await
        }
    }
    .map(drop)
}

fn pb_money(money: Money) -> PbMoney {
    PbMoney {
        currency: money.currency().code().to_owned(),
        minor: money.minor(),
    }
}

pub(super) async fn consent_given(
    uow: &mut Uow,
    user: UserId,
    (consent, version): (Consent, i32),
) -> Result<(), StoreError> {
    let event = pb::ConsentGiven {
        user_id: user.to_string(),
        consent: consent.to_string(),
        version,
    };
    uow.record(user.as_uuid(), &event).await.map(drop)
}

/// Of the operator's own: its aggregate is the tenant.
pub(super) async fn text_issued(
    uow: &mut Uow,
    (consent, version): (Consent, i32),
) -> Result<(), StoreError> {
    let event = pb::ConsentTextIssued {
        consent: consent.to_string(),
        version,
    };
    let tenant = uow.context().tenant.as_uuid();
    uow.record(tenant, &event).await.map(drop)
}
