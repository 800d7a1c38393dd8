//! Between the contract's messages and the domain's values.

use clock::{from_text, to_text};
use contracts::money::Money as PbMoney;
use contracts::participation as pb;
use link::refuse;
use money::Money;
use tonic::{Code, Status};

use crate::application::ports::{OfferingView, Page};
use crate::application::request_participation::RequestParticipation;
use crate::domain::{Offering, OfferingState, Participation, Refusal};

/// An amount as a caller gives it.
pub(super) fn amount(given: Option<PbMoney>) -> Result<Money, Refusal> {
    let PbMoney { currency, minor } = given.ok_or(Refusal::AmountNotPositive)?;
    Ok(Money::try_new(minor, currency.parse()?)?)
}

pub(super) fn instant(text: &str) -> Option<time::OffsetDateTime> {
    from_text(text)
}

/// The key, and the request without it.
pub(super) fn request(
    request: pb::RequestParticipationRequest,
) -> Result<(String, RequestParticipation), Status> {
    let pb::RequestParticipationRequest {
        idempotency_key,
        project_id,
        amount: given,
        r#type,
        allow_partial,
    } = request;
    let cmd = RequestParticipation {
        project: link::read(&project_id, "project_id")?,
        amount: amount(given)
            .map_err(|refusal| refuse(Code::InvalidArgument, refusal.code(), refusal))?,
        share_type: link::read(&r#type, "type")?,
        allow_partial,
    };
    Ok((idempotency_key, cmd))
}

/// Pages of 1 to 200, 50 where nothing is said.
pub(super) fn page(first: i32, after: &str) -> Result<Page, Status> {
    let first = if first == 0 { 50 } else { first.clamp(1, 200) };
    let after = if after.is_empty() {
        None
    } else {
        Some(link::read(after, "after")?)
    };
    Ok(Page {
        first: first.into(),
        after,
    })
}

pub(super) fn offering(view: OfferingView) -> pb::Offering {
    let OfferingView {
        offering,
        participants,
        seal_hash,
    } = view;
    let money = |minor| Some(pb_money(Offering::amount(&offering, minor)));
    let OfferingState {
        project,
        owner: _,
        currency: _,
        goal_minor,
        reserved_minor,
        approved_minor,
        terms,
        status,
    } = offering.state();
    pb::Offering {
        project_id: project.to_string(),
        state: status.to_string(),
        goal: money(*goal_minor),
        reserved: money(*reserved_minor),
        approved: money(*approved_minor),
        room: money(offering.room_minor()),
        deadline: to_text(terms.deadline),
        participants,
        seal_hash: seal_hash.unwrap_or_default(),
    }
}

pub(super) fn participation(one: Participation) -> pb::ParticipationView {
    let Participation {
        id,
        project,
        investor,
        amount,
        share_type,
        owner_stake,
        state,
        funding,
        reason,
        requested_at,
        decide_by,
        approved_at,
        cooling_off_until,
    } = one;
    pb::ParticipationView {
        participation_id: id.to_string(),
        project_id: project.to_string(),
        investor_id: investor.to_string(),
        amount: Some(pb_money(amount)),
        r#type: share_type.to_string(),
        state: state.to_string(),
        funding: funding.to_string(),
        reason: reason.unwrap_or_default(),
        owner_stake,
        requested_at: to_text(requested_at),
        decide_by: to_text(decide_by),
        approved_at: approved_at.map(to_text).unwrap_or_default(),
        cooling_off_until: cooling_off_until.map(to_text).unwrap_or_default(),
    }
}

fn pb_money(money: Money) -> PbMoney {
    PbMoney {
        currency: money.currency().code().to_owned(),
        minor: money.minor(),
    }
}
