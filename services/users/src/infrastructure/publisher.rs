//! What happened, in the words of the contract (`events.proto`), recorded beside its effect. Ids
//! only: what a person showed stays here.

use clock::to_text;
use contracts::users as pb;
use journal::Record as _;
use pg::Uow;
use uow::StoreError;

use crate::application::ports::Person;
use crate::domain::Kyc;

pub(super) async fn moved(uow: &mut Uow, person: &Person, by: &str) -> Result<(), StoreError> {
    let Person { id, documents, kyc } = person;
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
    }
    .map(drop)
}
