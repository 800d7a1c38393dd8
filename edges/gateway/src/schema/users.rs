//! Profiles and the verification of identities.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use contracts::users as pb;

use crate::calls::{self, ask, writes};
use crate::wire::{given, shown, words};

words! {
    /// Where the verification of an identity stands.
    KycState {
        /// Nothing was sent in.
        None,
        /// Waits for an admin.
        Pending,
        /// May take part.
        Verified,
        /// May send in again.
        Rejected,
        /// Was verified once.
        Expired,
    }
}

words! {
    /// What proves an identity.
    DocumentType { NationalId, Passport, TaxId }
}

shown! {
    /// A person or company.
    Profile of pb::Profile {
        user_id: ID,
        display_name: String,
        /// ISO 3166-1 alpha-2.
        country: String,
        kyc_state: KycState,
        /// RFC 3339; null unless VERIFIED.
        kyc_valid_until: Option<String>,
        /// Why it was rejected.
        kyc_reason: Option<String>,
    }
}

shown! {
    /// What somebody sent in to be verified.
    KycSubmission of pb::KycSubmission {
        user_id: ID,
        full_name: String,
        country: String,
        document_type: DocumentType,
        document_number: String,
        /// `YYYY-MM-DD`.
        birth_date: String,
        submitted_at: String,
    }
}

given! {
    SubmitKycInput for pb::SubmitKycRequest {
        idempotency_key: String,
        full_name: String,
        /// ISO 3166-1 alpha-2.
        country: String,
        document_type: DocumentType,
        document_number: String,
        /// `YYYY-MM-DD`.
        birth_date: String,
    }
}

given! {
    VerifyKycInput for pb::VerifyKycRequest {
        idempotency_key: String,
        user_id: ID,
    }
}

given! {
    RejectKycInput for pb::RejectKycRequest {
        idempotency_key: String,
        user_id: ID,
        /// What the person reads.
        reason: String,
    }
}

/// A user's public name.
#[derive(Clone, Debug, SimpleObject)]
pub struct Name {
    /// Whose.
    pub user_id: ID,
    /// For lists.
    pub name: String,
}

/// What is asked of Users.
#[derive(Default)]
pub struct UsersQuery;

#[Object]
impl UsersQuery {
    /// One's own profile, or for an ADMIN another's.
    #[graphql(complexity = "crate::cost::CALL + child_complexity")]
    async fn profile(&self, ctx: &Context<'_>, user_id: Option<ID>) -> Result<Option<Profile>> {
        let calls = calls::of(ctx);
        let message = pb::ProfileRequest {
            user_id: user_id.map(|id| id.0).unwrap_or_default(),
        };
        let pb::ProfileReply { profile } = ask!(calls.read, users.profile(message)).await?;
        calls.show(profile)
    }

    /// Public display names; who is not known is left out.
    #[graphql(complexity = "crate::cost::whole(child_complexity)")]
    async fn names(
        &self,
        ctx: &Context<'_>,
        #[graphql(validator(max_items = 200))] user_ids: Vec<ID>,
    ) -> Result<Option<Vec<Name>>> {
        let calls = calls::of(ctx);
        let user_ids: Vec<String> = user_ids.into_iter().map(|id| id.0).collect();
        let message = pb::NamesRequest {
            user_ids: user_ids.clone(),
        };
        let pb::NamesReply { mut names } = ask!(calls.read, users.names(message)).await?;
        let named = user_ids.into_iter().filter_map(|id| {
            let name = names.remove(&id)?;
            Some(Name {
                user_id: ID(id),
                name,
            })
        });
        Ok(Some(named.collect()))
    }

    /// What waits for an ADMIN's decision, oldest first.
    #[graphql(complexity = "crate::cost::whole(child_complexity)")]
    async fn kyc_queue(&self, ctx: &Context<'_>) -> Result<Option<Vec<KycSubmission>>> {
        let calls = calls::of(ctx);
        let message = pb::KycQueueRequest {};
        let pb::KycQueueReply { submissions } = ask!(calls.read, users.kyc_queue(message)).await?;
        calls.show(Some(submissions))
    }
}

writes! {
    /// What Users does.
    UsersMutation over users of pb {
        /// Sends one's identity in to be verified.
        submit_kyc(SubmitKycInput) -> SubmitKycPayload of SubmitKycReply { profile: Profile }
        /// Says that an identity is what it claims (ADMIN).
        verify_kyc(VerifyKycInput) -> VerifyKycPayload of VerifyKycReply { profile: Profile }
        /// Says why it is not (ADMIN).
        reject_kyc(RejectKycInput) -> RejectKycPayload of RejectKycReply { profile: Profile }
    }
}
