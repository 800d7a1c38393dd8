//! Between the contract's messages and the domain's values.

use clock::{from_text, to_text};
use contracts::money::Money as PbMoney;
use contracts::participation as pb;
use link::refuse;
use money::Money;
use tonic::{Code, Status};

use crate::application::Refused;
use crate::application::agreement::Agreement;
use crate::application::decide_participations::{Decided, Decision, Verdict};
use crate::application::ports::{OfferingView, Page, Seen, Sort};
use crate::application::request_participation::RequestParticipation;
use crate::domain::{Offering, OfferingState, Participation, Refusal, Signature};

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
        join_waiting_list,
        agreement_version,
        agreement_hash,
    } = request;
    let cmd = RequestParticipation {
        project: link::read(&project_id, "project_id")?,
        amount: asked(given)?,
        share_type: link::read(&r#type, "type")?,
        allow_partial,
        join_waiting_list,
        signature: Signature {
            version: agreement_version,
            sha256: agreement_hash,
        },
    };
    Ok((idempotency_key, cmd))
}

/// An amount that is asked for.
pub(super) fn asked(given: Option<PbMoney>) -> Result<Money, Status> {
    amount(given).map_err(|refusal| refuse(Code::InvalidArgument, refusal.code(), refusal))
}

pub(super) fn decision(decision: pb::Decision) -> Result<Decision, Status> {
    let pb::Decision {
        participation_id,
        decision,
        reason,
    } = decision;
    let verdict = match decision.as_str() {
        "APPROVE" => Verdict::Approve,
        "REJECT" => Verdict::Reject(reason),
        _neither => return Err(link::malformed("decision")),
    };
    Ok(Decision {
        id: link::read(&participation_id, "participation_id")?,
        verdict,
    })
}

pub(super) fn decided(decided: Decided) -> pb::Decided {
    let Decided { id, outcome } = decided;
    let (participation, refused) = match outcome {
        Ok(one) => (Some(participation(one, None)), None),
        Err(Refused { code, text, args }) => {
            let args = args.into_iter().collect();
            (None, Some(pb::Refused { code, text, args }))
        }
    };
    pb::Decided {
        participation_id: id.to_string(),
        participation,
        refused,
    }
}

pub(super) fn agreement(agreement: Agreement) -> pb::Agreement {
    let Agreement {
        version,
        language,
        text,
        sha256,
        agreed_at,
    } = agreement;
    pb::Agreement {
        version,
        language: language.to_string(),
        text,
        sha256,
        agreed_at: agreed_at.map(to_text).unwrap_or_default(),
    }
}

/// Which part of a list: what a caller may say of it.
pub(super) struct Wanted {
    pub first: i32,
    pub after: String,
    pub states: Vec<String>,
    pub share_type: String,
    pub sort: String,
}

/// Pages of 1 to 200, 50 where nothing is said.
pub(super) fn page(wanted: Wanted) -> Result<Page, Status> {
    let Wanted {
        first,
        after,
        states,
        share_type,
        sort,
    } = wanted;
    let first = if first == 0 { 50 } else { first.clamp(1, 200) };
    let states = states.iter().map(|state| link::read(state, "states"));
    Ok(Page {
        first: i64::from(first) + 1,
        after: given(&after, "after")?,
        states: states.collect::<Result<_, _>>()?,
        share_type: given(&share_type, "type")?,
        sort: given(&sort, "sort")?.unwrap_or(Sort::Newest),
    })
}

/// What is not said is empty.
fn given<T: std::str::FromStr>(text: &str, field: &str) -> Result<Option<T>, Status> {
    if text.is_empty() {
        return Ok(None);
    }
    link::read(text, field).map(Some)
}

pub(super) fn offering(view: OfferingView) -> pb::Offering {
    let OfferingView {
        offering,
        participants,
        waiting,
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
        stake_minor: _,
        terms,
        status,
        numbers: _,
        suspended,
        gap_until,
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
        waiting,
        suspended: *suspended,
        gap_until: gap_until.map(to_text).unwrap_or_default(),
    }
}

pub(super) fn seen(seen: Seen) -> pb::ParticipationView {
    let Seen {
        participation: one,
        owner: _,
        place,
    } = seen;
    participation(one, place)
}

pub(super) fn participation(one: Participation, place: Option<i64>) -> pb::ParticipationView {
    let Participation {
        id,
        project,
        investor,
        amount,
        asked,
        allow_partial: _,
        share_type,
        owner_stake,
        state,
        funding,
        reason,
        number: _,
        requested_at,
        decide_by,
        refused_at: _,
        approved_at,
        cooling_off_until,
        renewal,
        signature,
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
        asked: Some(pb_money(asked)),
        place: place.unwrap_or_default(),
        notice_id: renewal
            .map(|one| one.notice.to_string())
            .unwrap_or_default(),
        renew_by: renewal.map(|one| to_text(one.renew_by)).unwrap_or_default(),
        agreement_hash: signature.map(|one| one.sha256).unwrap_or_default(),
    }
}

fn pb_money(money: Money) -> PbMoney {
    PbMoney {
        currency: money.currency().code().to_owned(),
        minor: money.minor(),
    }
}
