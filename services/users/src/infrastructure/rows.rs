//! A person between the table and the domain.

use time::{Date, OffsetDateTime};
use uow::StoreError;
use uuid::Uuid;

use crate::application::ports::Person;
use crate::domain::{Documents, Kyc, KycState, Profile, Reason};

/// A line of `profiles`.
pub(super) struct ProfileRow {
    pub user_id: Uuid,
    pub full_name: Option<String>,
    pub country: Option<String>,
    pub document_type: Option<String>,
    pub document_number: Option<String>,
    pub birth_date: Option<Date>,
    pub kyc_state: String,
    pub kyc_submitted_at: Option<OffsetDateTime>,
    pub kyc_valid_until: Option<OffsetDateTime>,
    pub kyc_reason: Option<String>,
    pub display_name: Option<String>,
    pub language: Option<String>,
    pub residence: Option<String>,
    pub phone: Option<String>,
}

/// The columns of a KYC: state, submission, end, reason.
pub(super) type KycColumns<'a> = (
    KycState,
    Option<OffsetDateTime>,
    Option<OffsetDateTime>,
    Option<&'a str>,
);

pub(super) fn columns(kyc: &Kyc) -> KycColumns<'_> {
    match kyc {
        Kyc::None => (KycState::None, None, None, None),
        Kyc::Pending { submitted_at } => (KycState::Pending, Some(*submitted_at), None, None),
        Kyc::Verified { valid_until } => (KycState::Verified, None, Some(*valid_until), None),
        Kyc::Rejected(reason) => (KycState::Rejected, None, None, Some(reason.as_str())),
        Kyc::Expired => (KycState::Expired, None, None, None),
        Kyc::Suspended(reason) => (KycState::Suspended, None, None, Some(reason.as_str())),
    }
}

impl TryFrom<ProfileRow> for Person {
    type Error = StoreError;

    fn try_from(row: ProfileRow) -> Result<Self, StoreError> {
        let ProfileRow {
            user_id,
            full_name,
            country,
            document_type,
            document_number,
            birth_date,
            kyc_state,
            kyc_submitted_at,
            kyc_valid_until,
            kyc_reason,
            display_name,
            language,
            residence,
            phone,
        } = row;
        let torn = || StoreError::failed("a profile whose columns contradict its state");
        let kyc = match kyc_state.parse().map_err(StoreError::failed)? {
            KycState::None => Kyc::None,
            KycState::Pending => Kyc::Pending {
                submitted_at: kyc_submitted_at.ok_or_else(torn)?,
            },
            KycState::Verified => Kyc::Verified {
                valid_until: kyc_valid_until.ok_or_else(torn)?,
            },
            KycState::Rejected => Kyc::Rejected(reason(kyc_reason)?),
            KycState::Expired => Kyc::Expired,
            KycState::Suspended => Kyc::Suspended(reason(kyc_reason)?),
        };
        let documents = match full_name {
            None => None,
            Some(full_name) => Some(Documents {
                full_name,
                country: country.ok_or_else(torn)?,
                document_type: document_type.ok_or_else(torn)?,
                document_number: document_number.ok_or_else(torn)?,
                birth_date: birth_date.ok_or_else(torn)?,
            }),
        };
        Ok(Self {
            id: user_id.into(),
            documents,
            kyc,
            profile: Profile {
                display_name,
                language,
                country: residence,
                phone,
            },
        })
    }
}

fn reason(kept: Option<String>) -> Result<Reason, StoreError> {
    Reason::try_new(&kept.unwrap_or_default()).map_err(StoreError::failed)
}
