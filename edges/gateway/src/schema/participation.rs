//! Funding rounds: requests, decisions, participations.

use std::collections::HashMap;
use std::time::Duration;

use async_graphql::dataloader::Loader;
use async_graphql::{ComplexObject, Context, ID, InputObject, Object, Result, SimpleObject};
use contracts::participation as pb;
use tokio::time::Instant;

use super::people::Person;
use super::projects::{ProductsAllotment, Project, ProjectOf};
use crate::calls::{self, Calls, ask, payload, writes};
use crate::connection::{Asked, Page, items};
use crate::refusal::{Problem, Refusal};
use crate::wire::{Given as _, Money, MoneyInput, Unusable, given, shown, words};

words! {
    /// Where a funding round stands.
    OfferingState { Open, Full, Sealed, Closed }
}

words! {
    /// What a participation gives.
    ParticipationType {
        /// A share of the goods.
        Products,
        /// A share of what the goods bring.
        ProfitOnly,
    }
}

words! {
    /// The life of a participation.
    ParticipationState {
        Waitlisted, Requested, Approved, Active, Settled, Liquidated,
        Rejected, Withdrawn, Expired, Refunded,
    }
}

words! {
    /// Where the money of a participation is.
    Funding {
        /// Not asked for: it is on the waiting list, or never left it.
        None,
        /// Asked of the investor's wallet.
        Pending,
        /// Set aside in the wallet.
        Held,
        /// The wallet does not have it.
        Refused,
        /// In the project's escrow.
        Captured,
        /// Free again.
        Released,
    }
}

shown! {
    /// The funding round of a project. `reserved + approved <= goal`, always.
    Offering of pb::Offering {
        project_id: ID,
        state: OfferingState,
        goal: Money,
        /// Asked for and not decided yet.
        reserved: Money,
        approved: Money,
        /// What can still be asked for.
        room: Money,
        deadline: String,
        participants: i64,
        /// SHA-256 of the sealed list; null until it is sealed.
        seal_hash: Option<String>,
        /// How many wait for room.
        waiting: i64,
        /// Neither requests nor approvals, until an ADMIN lets the project go on.
        suspended: bool,
        /// After the deadline the owner's own stake may fill what a withdrawal left, until then.
        gap_until: Option<String>,
    }
}

shown! {
    /// An investor's share of a project, from its request on.
    #[graphql(complex)]
    Participation of pb::ParticipationView {
        participation_id: ID,
        project_id: ID,
        investor_id: ID,
        amount: Money,
        r#type: ParticipationType,
        state: ParticipationState,
        funding: Funding,
        /// Why it was rejected, or ended.
        reason: Option<String>,
        /// The project owner's own.
        owner_stake: bool,
        requested_at: String,
        /// The owner decides until then.
        decide_by: Option<String>,
        approved_at: Option<String>,
        /// The investor may withdraw at no cost until then.
        cooling_off_until: Option<String>,
        /// What was asked for; more than `amount` where only a part was taken.
        asked: Money,
        /// Where it stands in the waiting list, from 1; 0 when it does not.
        place: i64,
        /// The material change that waits for the investor's renewal.
        notice_id: Option<ID>,
        /// Without a renewal it is withdrawn then.
        renew_by: Option<String>,
        /// SHA-256 of the agreement that was signed.
        agreement_hash: Option<String>,
    }
}

shown! {
    /// What an investor signs, word for word.
    Agreement of pb::Agreement {
        /// Of its template.
        version: String,
        /// `es` or `en`.
        language: String,
        text: String,
        /// SHA-256 of the text, lower-case hex: what `requestParticipation` takes.
        sha256: String,
        /// When it was signed; null while it is only shown.
        agreed_at: Option<String>,
    }
}

#[ComplexObject]
impl Participation {
    /// The project it is a share of.
    async fn project(&self, ctx: &Context<'_>) -> Result<Option<Project>> {
        calls::load(ctx, ProjectOf(self.project_id.to_string())).await
    }

    /// The goods that it is handed; null until they are counted, and for PROFIT_ONLY.
    async fn allotment(&self, ctx: &Context<'_>) -> Result<Option<ProductsAllotment>> {
        if self.r#type == ParticipationType::ProfitOnly {
            return Ok(None);
        }
        let allotments = self.project(ctx).await?.map(|project| project.allotments);
        let mut allotments = allotments.unwrap_or_default().into_iter();
        Ok(allotments.find(|one| one.participation_id == self.participation_id))
    }

    /// What was signed: for its investor, the project's owner and staff.
    #[graphql(complexity = "crate::cost::EACH + child_complexity")]
    async fn agreement(&self, ctx: &Context<'_>) -> Result<Option<Agreement>> {
        let calls = calls::of(ctx);
        let message = pb::SignedAgreementRequest {
            participation_id: self.participation_id.to_string(),
        };
        let pb::AgreementReply { agreement } =
            ask!(calls.read, participation.signed_agreement(message)).await?;
        calls.show(agreement)
    }

    /// Whose it is.
    async fn investor(&self) -> Person {
        Person::of(&self.investor_id)
    }
}

items!(Participation: participation_id);

given! {
    RequestParticipationInput for pb::RequestParticipationRequest {
        idempotency_key: String,
        project_id: ID,
        amount: MoneyInput,
        r#type: ParticipationType,
        /// Whether less than the amount will do when there is not enough room.
        allow_partial: Option<bool>,
        /// Whether to wait for room where there is not enough: first come, first served.
        join_waiting_list: Option<bool>,
        /// Of `participationAgreement`, as it was read.
        agreement_version: String,
        /// Its `sha256`: who gives it signs that very text.
        agreement_hash: String,
    }
}

words! {
    /// What an owner says about a request.
    Verdict { Approve, Reject }
}

/// Which participations; what is left out does not matter.
#[derive(Clone, Debug, Default, InputObject)]
pub struct ParticipationFilter {
    /// In one of these states.
    states: Option<Vec<ParticipationState>>,
    /// Of this type.
    r#type: Option<ParticipationType>,
}

words! {
    /// In which order a list of participations is.
    ParticipationOrder {
        /// What was asked for last, first.
        Newest,
        /// The largest amount first.
        Amount,
    }
}

given! {
    DecisionInput for pb::Decision {
        participation_id: ID,
        decision: Verdict,
        /// Of a rejection, 1 to 500 characters.
        reason: Option<String>,
    }
}

given! {
    DecideParticipationsInput for pb::DecideParticipationsRequest {
        idempotency_key: String,
        project_id: ID,
        /// 1 to 200, taken in their order.
        decisions: Vec<DecisionInput>,
    }
}

given! {
    RenewParticipationInput for pb::RenewParticipationRequest {
        idempotency_key: String,
        participation_id: ID,
        notice_id: ID,
    }
}

given! {
    ApproveParticipationInput for pb::ApproveParticipationRequest {
        idempotency_key: String,
        participation_id: ID,
    }
}

given! {
    RejectParticipationInput for pb::RejectParticipationRequest {
        idempotency_key: String,
        participation_id: ID,
        reason: String,
    }
}

given! {
    WithdrawParticipationInput for pb::WithdrawParticipationRequest {
        idempotency_key: String,
        participation_id: ID,
    }
}

/// What is asked of Participation.
#[derive(Default)]
pub struct ParticipationQuery;

#[Object]
impl ParticipationQuery {
    /// The funding round of a project; for everybody.
    #[graphql(complexity = "crate::cost::CALL + child_complexity")]
    async fn offering(&self, ctx: &Context<'_>, project_id: ID) -> Result<Option<Offering>> {
        let calls = calls::of(ctx);
        let message = pb::OfferingRequest {
            project_id: project_id.0,
        };
        let pb::OfferingReply { offering } =
            ask!(calls.read, participation.offering(message)).await?;
        calls.show(offering)
    }

    /// One participation: one's own, one in one's project, or for an ADMIN any.
    #[graphql(complexity = "crate::cost::CALL + child_complexity")]
    async fn participation(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Participation>> {
        let calls = calls::of(ctx);
        let message = pb::GetParticipationRequest {
            participation_id: id.0,
        };
        let pb::ParticipationReply { participation } =
            ask!(calls.read, participation.get_participation(message)).await?;
        calls.show(participation)
    }

    /// The agreement that `requestParticipation` of this would sign, in the language of
    /// `Accept-Language`.
    #[graphql(complexity = "crate::cost::CALL + child_complexity")]
    async fn participation_agreement(
        &self,
        ctx: &Context<'_>,
        project_id: ID,
        amount: MoneyInput,
        r#type: ParticipationType,
    ) -> Result<Option<Agreement>> {
        let calls = calls::of(ctx);
        let unusable = |why| Problem::from(why).into_error(calls.language);
        let message = pb::ParticipationAgreementRequest {
            project_id: project_id.0,
            amount: amount.given("amount").map_err(unusable)?,
            r#type: r#type.given("type").map_err(unusable)?,
            language: calls.language.tag().to_owned(),
        };
        let pb::AgreementReply { agreement } =
            ask!(calls.read, participation.participation_agreement(message)).await?;
        calls.show(agreement)
    }

    /// One's own participations.
    #[graphql(complexity = "crate::cost::page(first, child_complexity)")]
    #[expect(
        clippy::too_many_arguments,
        reason = "each is an argument of the field"
    )]
    async fn portfolio(
        &self,
        ctx: &Context<'_>,
        filter: Option<ParticipationFilter>,
        #[graphql(default_with = "ParticipationOrder::Newest")] order: ParticipationOrder,
        #[graphql(default = 20, validator(minimum = 1, maximum = 100))] first: i32,
        after: Option<String>,
    ) -> Result<Option<Page<Participation>>> {
        let calls = calls::of(ctx);
        let page = Asked::of(calls, first, after)?;
        let (states, ty, sort) = wanted(filter, order);
        let message = pb::PortfolioRequest {
            first,
            after: page.after.clone(),
            states,
            r#type: ty,
            sort,
        };
        let reply = ask!(calls.read, participation.portfolio(message)).await?;
        page.page(calls, reply.participations, &reply.next)
            .map(Some)
    }

    /// The participations of a project, for its owner, admins, treasurers and auditors.
    #[graphql(complexity = "crate::cost::page(first, child_complexity)")]
    #[expect(
        clippy::too_many_arguments,
        reason = "the arguments of a field of the API"
    )]
    async fn project_participations(
        &self,
        ctx: &Context<'_>,
        project_id: ID,
        filter: Option<ParticipationFilter>,
        #[graphql(default_with = "ParticipationOrder::Newest")] order: ParticipationOrder,
        #[graphql(default = 20, validator(minimum = 1, maximum = 100))] first: i32,
        after: Option<String>,
    ) -> Result<Option<Page<Participation>>> {
        let calls = calls::of(ctx);
        let page = Asked::of(calls, first, after)?;
        of_project(calls, project_id, wanted(filter, order), page).await
    }
}

/// States, type and order of a list, as the contract spells them; empty: any, the newest first.
pub type Wanted = (Vec<String>, String, String);

fn wanted(filter: Option<ParticipationFilter>, order: ParticipationOrder) -> Wanted {
    let ParticipationFilter { states, r#type } = filter.unwrap_or_default();
    let states = states.unwrap_or_default().into_iter().map(text);
    (
        states.collect(),
        r#type.map(text).unwrap_or_default(),
        text(order),
    )
}

/// A word of the API as the contract spells it.
fn text(word: impl Into<&'static str>) -> String {
    word.into().to_owned()
}

/// The funding round of the project of this id, if it has one.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct OfferingOf(pub String);

impl Loader<OfferingOf> for Calls {
    type Value = Offering;
    type Error = Problem;

    async fn load(&self, wanted: &[OfferingOf]) -> Result<HashMap<OfferingOf, Offering>, Problem> {
        let ids = wanted.iter().map(|OfferingOf(id)| id.clone());
        let found = offerings(self, ids.collect()).await?.into_iter();
        Ok(found.map(|(id, one)| (OfferingOf(id), one)).collect())
    }
}

/// The funding rounds of these projects, by the projects' ids.
pub async fn offerings(
    calls: &Calls,
    project_ids: Vec<String>,
) -> Result<HashMap<String, Offering>, Problem> {
    let message = pb::OfferingsRequest { project_ids };
    let pb::OfferingsReply { offerings } =
        ask!(calls.make, participation.offerings(message)).await?;
    let shown = offerings.into_iter().map(|one| {
        let id = one.project_id.clone();
        Ok((id, Calls::shown(one)?))
    });
    shown.collect()
}

/// A page of the participations of a project.
pub async fn of_project(
    calls: &Calls,
    project_id: ID,
    (states, ty, sort): Wanted,
    page: Asked,
) -> Result<Option<Page<Participation>>> {
    let message = pb::ProjectParticipationsRequest {
        project_id: project_id.0,
        first: page.first,
        after: page.after.clone(),
        states,
        r#type: ty,
        sort,
    };
    let reply = ask!(calls.read, participation.project_participations(message)).await?;
    page.page(calls, reply.participations, &reply.next)
        .map(Some)
}

writes! {
    /// What the two sides of a request do about it.
    DecisionMutation over participation of pb {
        /// Takes a funded request in (the project's OWNER).
        approve_participation(ApproveParticipationInput)
            -> ApproveParticipationPayload of ParticipationReply { participation: Participation }
        /// Turns a request down, with a reason (the project's OWNER).
        reject_participation(RejectParticipationInput)
            -> RejectParticipationPayload of ParticipationReply { participation: Participation }
        /// Takes one's own request back, or withdraws within the cooling-off time.
        withdraw_participation(WithdrawParticipationInput)
            -> WithdrawParticipationPayload of ParticipationReply { participation: Participation }
        /// Goes on after a material change of the project.
        renew_participation(RenewParticipationInput)
            -> RenewParticipationPayload of ParticipationReply { participation: Participation }
    }
}

/// What came of one decision: either of the two.
#[derive(Clone, Debug, SimpleObject)]
pub struct Decided {
    /// About which one.
    pub participation_id: ID,
    /// Why a rule said no to this one.
    pub refusal: Option<Refusal>,
    /// As it stands now.
    pub participation: Option<Participation>,
}

/// The answers in the order of the decisions, or why none was taken.
#[derive(Clone, Debug, SimpleObject)]
pub struct DecideParticipationsPayload {
    /// Why a rule said no to all of them; nothing was changed then.
    pub refusal: Option<Refusal>,
    /// One for each decision.
    #[graphql(complexity = "crate::cost::list(child_complexity)")]
    pub decided: Option<Vec<Decided>>,
}

impl Decided {
    fn of(decided: pb::Decided, calls: &Calls) -> Result<Self> {
        let pb::Decided {
            participation_id,
            participation,
            refused,
        } = decided;
        let refusal = refused.map(|pb::Refused { code, text, args }| {
            let args = args.into_iter().collect();
            Refusal::of(link::Refusal { code, text, args }, calls.language)
        });
        Ok(Self {
            participation_id: ID(participation_id),
            refusal,
            participation: calls.show(participation)?,
        })
    }
}

payload! {
    RequestParticipationPayload of pb::ParticipationReply { participation: Participation }
}

/// How an investor takes part.
#[derive(Default)]
pub struct ParticipationMutation;

#[Object]
impl ParticipationMutation {
    /// Decides about up to 200 requests of one project at once (its OWNER): each is answered.
    #[graphql(complexity = "crate::cost::CALL + child_complexity")]
    async fn decide_participations(
        &self,
        ctx: &Context<'_>,
        input: DecideParticipationsInput,
    ) -> Result<DecideParticipationsPayload> {
        let calls = calls::of(ctx);
        let message: Result<pb::DecideParticipationsRequest, Unusable> = input.given("input");
        let answer = match message {
            Ok(message) => ask!(calls.make, participation.decide_participations(message)).await,
            Err(unusable) => Err(unusable.into()),
        };
        match answer {
            Ok(pb::DecideParticipationsReply { decided }) => {
                let decided = decided.into_iter().map(|one| Decided::of(one, calls));
                Ok(DecideParticipationsPayload {
                    refusal: None,
                    decided: Some(decided.collect::<Result<_>>()?),
                })
            }
            Err(problem) => Ok(DecideParticipationsPayload {
                refusal: Some(problem.into_data(calls.language)?),
                decided: None,
            }),
        }
    }

    /// Asks for a share of a project and signs its agreement. Answers when the money is set aside
    /// (`funding: HELD`), the wallet does not have it (`REFUSED`) or it waits for room (`NONE`), at
    /// the latest after three seconds (`PENDING`: look at `participation` again).
    #[graphql(complexity = "crate::cost::CALL * 3 + child_complexity")]
    async fn request_participation(
        &self,
        ctx: &Context<'_>,
        input: RequestParticipationInput,
    ) -> Result<RequestParticipationPayload> {
        let calls = calls::of(ctx);
        let mut payload: RequestParticipationPayload =
            ask!(calls.write, participation.request_participation(input)).await?;
        if let Some(asked) = payload.participation.take() {
            payload.participation = Some(funded(calls, asked).await);
        }
        Ok(payload)
    }
}

/// A person waits this long for one answer.
const FUNDING_WAIT: Duration = Duration::from_secs(3);

/// The participation once its funding is known, or as it is at the bound: the request stands
/// either way, so nothing that goes wrong here takes its answer away.
async fn funded(calls: &Calls, asked: Participation) -> Participation {
    let until = Instant::now() + FUNDING_WAIT;
    let mut latest = asked;
    let mut pause = Duration::from_millis(40);
    while latest.funding == Funding::Pending && Instant::now() + pause < until {
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_millis(320));
        let message = pb::GetParticipationRequest {
            participation_id: latest.participation_id.to_string(),
        };
        let look = ask!(calls.make, participation.get_participation(message));
        let Ok(Ok(reply)) = tokio::time::timeout_at(until, look).await else {
            break;
        };
        match calls.show(reply.participation) {
            Ok(Some(seen)) => latest = seen,
            Ok(None) | Err(_) => break,
        }
    }
    latest
}
