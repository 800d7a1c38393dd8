//! Profiles and the verification of identities.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use contracts::users as pb;

use crate::calls::{self, ask, writes};
use crate::wire::{Money, MoneyInput, given, shown, words};

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
        /// Was verified, until an admin took it away; may send in again.
        Suspended,
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
        /// Why it was rejected or suspended.
        kyc_reason: Option<String>,
        /// `es` or `en`; null when they did not say.
        language: Option<String>,
        /// E.164; null when they did not say.
        phone: Option<String>,
    }
}

words! {
    /// What a paper shows.
    KycDocumentKind {
        /// The side with the photograph.
        IdFront,
        /// The other side.
        IdBack,
        /// The person with the document.
        Selfie,
        /// A bill or a bank's letter.
        ProofOfAddress,
        /// Of a company that the person acts for.
        CompanyPapers,
    }
}

shown! {
    /// A paper behind an identity.
    KycDocument of pb::KycDocument {
        document_id: ID,
        kind: KycDocumentKind,
        media_type: String,
        /// In bytes.
        length: i64,
        /// Hexadecimal.
        sha256: String,
        attached_at: String,
    }
}

shown! {
    /// Where a paper's file may be sent.
    KycUpload of pb::KycUpload {
        /// For `attachKycDocument`, after the file was sent.
        upload_id: String,
        /// PUT the bytes here, with exactly the content type and length that were said.
        url: String,
        /// Real time, in five minutes.
        expires_at: String,
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
    } lists {
        /// The papers, the oldest first.
        documents: KycDocument,
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

given! {
    SuspendKycInput for pb::SuspendKycRequest {
        idempotency_key: String,
        user_id: ID,
        /// What the person reads.
        reason: String,
    }
}

given! {
    UpdateProfileInput for pb::UpdateProfileRequest {
        idempotency_key: String,
        /// What others see; left out: the name on the papers.
        display_name: Option<String>,
        /// `es` or `en`.
        language: Option<String>,
        /// Where one lives, ISO 3166-1 alpha-2.
        country: Option<String>,
        /// E.164, as in `+51987654321`.
        phone: Option<String>,
    }
}

given! {
    RequestKycUploadInput for pb::RequestKycUploadRequest {
        /// `application/pdf`, `image/jpeg`, `image/png` or `image/webp`.
        media_type: String,
        /// In bytes, exactly.
        length: i64,
    }
}

given! {
    AttachKycDocumentInput for pb::AttachKycDocumentRequest {
        idempotency_key: String,
        kind: KycDocumentKind,
        upload_id: String,
    }
}

given! {
    ViewKycDocumentInput for pb::ViewKycDocumentRequest {
        idempotency_key: String,
        user_id: ID,
        document_id: ID,
    }
}

words! {
    /// How much an investor is taken to know.
    InvestorCategory {
        /// Protected by every limit.
        Retail,
        /// Has shown that they can judge and bear the risk.
        Sophisticated,
    }
}

words! {
    /// What a person agrees to.
    Consent {
        /// That the money may be lost.
        RiskWarning,
        /// The contract with the operator.
        PlatformTerms,
        /// What is done with personal data.
        Privacy,
    }
}

shown! {
    /// What an investor may put up.
    Investor of pb::InvestorView {
        user_id: ID,
        display_name: String,
        category: InvestorCategory,
        /// The most in one project; null where there is no limit.
        per_project: Option<Money>,
        /// The most over all projects in twelve months; null where there is no limit.
        per_12_months: Option<Money>,
        /// When they asked to be SOPHISTICATED; null when nothing waits for a decision.
        requested_at: Option<String>,
        /// Why they ask for it.
        request_reason: Option<String>,
    }
}

shown! {
    /// A text that a person agrees to, in the version in force.
    ConsentText of pb::ConsentView {
        consent: Consent,
        version: i32,
        /// Markdown, in the language that `Accept-Language` asks for.
        text: String,
        /// SHA-256 of the text in UTF-8, hexadecimal.
        text_hash: String,
        /// When the signed-in person agreed to this version; null until they do.
        given_at: Option<String>,
    }
}

given! {
    RequestCategoryInput for pb::RequestCategoryRequest {
        idempotency_key: String,
        /// SOPHISTICATED.
        category: InvestorCategory,
        /// What the admin reads.
        reason: String,
    }
}

given! {
    DecideCategoryInput for pb::DecideCategoryRequest {
        idempotency_key: String,
        user_id: ID,
        accept: bool,
        /// What the investor reads; needed to refuse.
        reason: Option<String>,
    }
}

given! {
    SetInvestorLimitsInput for pb::SetInvestorLimitsRequest {
        idempotency_key: String,
        user_id: ID,
        category: InvestorCategory,
        /// The most in one project; left out: no limit.
        per_project: Option<MoneyInput>,
        /// The most over all projects in twelve months; left out: no limit.
        per_12_months: Option<MoneyInput>,
    }
}

given! {
    GiveConsentInput for pb::GiveConsentRequest {
        idempotency_key: String,
        consent: Consent,
        /// As `consents` has it.
        version: i32,
        /// As `consents` has it: of the text that was read.
        text_hash: String,
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

    /// One's own papers, or for an ADMIN another's.
    #[graphql(complexity = "crate::cost::whole(child_complexity)")]
    async fn kyc_documents(
        &self,
        ctx: &Context<'_>,
        user_id: Option<ID>,
    ) -> Result<Option<Vec<KycDocument>>> {
        let calls = calls::of(ctx);
        let message = pb::KycDocumentsRequest {
            user_id: user_id.map(|id| id.0).unwrap_or_default(),
        };
        let reply = ask!(calls.read, users.kyc_documents(message)).await?;
        calls.show(Some(reply.documents))
    }

    /// What one may put up oneself, or for an ADMIN or AUDITOR what another may.
    #[graphql(complexity = "crate::cost::CALL + child_complexity")]
    async fn investor(&self, ctx: &Context<'_>, user_id: Option<ID>) -> Result<Option<Investor>> {
        let calls = calls::of(ctx);
        let message = pb::InvestorRequest {
            user_id: user_id.map(|id| id.0).unwrap_or_default(),
        };
        let pb::InvestorReply { investor } = ask!(calls.read, users.investor(message)).await?;
        calls.show(investor)
    }

    /// Who asks to be SOPHISTICATED, for an ADMIN, oldest first.
    #[graphql(complexity = "crate::cost::whole(child_complexity)")]
    async fn category_queue(&self, ctx: &Context<'_>) -> Result<Option<Vec<Investor>>> {
        let calls = calls::of(ctx);
        let message = pb::CategoryQueueRequest {};
        let reply = ask!(calls.read, users.category_queue(message)).await?;
        calls.show(Some(reply.investors))
    }

    /// The texts in force, and when the signed-in person agreed to them.
    #[graphql(complexity = "crate::cost::CALL + 3 * child_complexity")]
    async fn consents(&self, ctx: &Context<'_>) -> Result<Option<Vec<ConsentText>>> {
        let calls = calls::of(ctx);
        let language = calls.language.tag().to_owned();
        let message = pb::ConsentsRequest { language };
        let pb::ConsentsReply { consents } = ask!(calls.read, users.consents(message)).await?;
        calls.show(Some(consents))
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
        /// Takes a verification that holds away (ADMIN).
        suspend_kyc(SuspendKycInput) -> SuspendKycPayload of SuspendKycReply { profile: Profile }
        /// Says what one is called, which language one reads, and where one lives; what is left
        /// out is taken back.
        update_profile(UpdateProfileInput) -> UpdateProfilePayload of UpdateProfileReply {
            profile: Profile
        }
        /// Asks where to send a paper's file; changes nothing, so it has no key.
        request_kyc_upload(RequestKycUploadInput)
            -> RequestKycUploadPayload of RequestKycUploadReply { upload: KycUpload }
        /// Keeps a file that was sent, as a paper of one's own.
        attach_kyc_document(AttachKycDocumentInput)
            -> AttachKycDocumentPayload of AttachKycDocumentReply { document: KycDocument }
        /// Gives an address where a paper can be read for five minutes (ADMIN). Each look is
        /// recorded.
        view_kyc_document(ViewKycDocumentInput)
            -> ViewKycDocumentPayload of ViewKycDocumentReply { url: String }
        /// Asks for a category (INVESTOR); an ADMIN decides.
        request_category(RequestCategoryInput) -> RequestCategoryPayload of RequestCategoryReply {
            investor: Investor
        }
        /// Gives the category that was asked for, without limits, or refuses it (ADMIN).
        decide_category(DecideCategoryInput) -> DecideCategoryPayload of DecideCategoryReply {
            investor: Investor
        }
        /// Says what an investor may put up (ADMIN).
        set_investor_limits(SetInvestorLimitsInput)
            -> SetInvestorLimitsPayload of SetInvestorLimitsReply { investor: Investor }
        /// Agrees to a text in force.
        give_consent(GiveConsentInput) -> GiveConsentPayload of GiveConsentReply {
            consent: ConsentText
        }
    }
}
