//! The rpcs of key information sheets and track records.

use authz::Actor;
use clock::to_text;
use contracts::projects as pb;
use ids::UserId;
use link::fault;
use tonic::Status;

use super::convert::pb_money;
use crate::application::App;
use crate::application::key_information::{self as sheets, Shown};
use crate::domain::{Raised, TrackRecord};

pub(super) async fn key_information(
    app: &App,
    actor: &Actor,
    request: pb::KeyInformationRequest,
) -> Result<pb::KeyInformationReply, Status> {
    let pb::KeyInformationRequest {
        project_id,
        version,
    } = request;
    let version = u32::try_from(version).ok().filter(|version| *version > 0);
    let which = (link::read(&project_id, "project_id")?, version);
    let found = sheets::key_information(app, actor, which).await;
    let found = found.map_err(|err| fault(&err))?;
    let key_information = found.map(|(version, issued_at, documents)| pb::KeyInformation {
        version: version.into(),
        issued_at: to_text(issued_at),
        documents: documents.into_iter().map(document).collect(),
    });
    Ok(pb::KeyInformationReply { key_information })
}

fn document(shown: Shown) -> pb::KeyInformationDocument {
    let Shown {
        language,
        sha256,
        url,
    } = shown;
    pb::KeyInformationDocument {
        language,
        sha256: hex::encode(sha256),
        url,
    }
}

pub(super) async fn track_record(
    app: &App,
    actor: &Actor,
    request: pb::TrackRecordRequest,
) -> Result<pb::TrackRecordReply, Status> {
    let pb::TrackRecordRequest { owner_id } = request;
    let owner = link::read(&owner_id, "owner_id")?;
    let records = app.reads.track_records(actor, &[owner]).await;
    let record = records.map_err(|err| fault(&err))?.remove(&owner);
    let track_record = Some(record_of(record.unwrap_or_default()));
    Ok(pb::TrackRecordReply { track_record })
}

pub(super) async fn track_records(
    app: &App,
    actor: &Actor,
    request: pb::TrackRecordsRequest,
) -> Result<pb::TrackRecordsReply, Status> {
    let pb::TrackRecordsRequest { owner_ids } = request;
    let owners: Vec<UserId> = link::read_all(&owner_ids, "owner_ids")?;
    let records = app.reads.track_records(actor, &owners).await;
    let records = records.map_err(|err| fault(&err))?.into_iter();
    let track_records = records
        .map(|(owner, record)| (owner.to_string(), record_of(record)))
        .collect();
    Ok(pb::TrackRecordsReply { track_records })
}

fn record_of(record: TrackRecord) -> pb::TrackRecord {
    let TrackRecord {
        states,
        late,
        disputed,
        money,
    } = record;
    let states = states.into_iter().map(|(state, count)| pb::StateCount {
        state: state.to_string(),
        count,
    });
    pb::TrackRecord {
        states: states.collect(),
        late,
        disputed,
        money: money.into_iter().map(raised).collect(),
    }
}

fn raised(one: Raised) -> pb::MoneyRecord {
    let Raised {
        raised,
        settled,
        invested,
        paid,
        projected,
    } = one;
    pb::MoneyRecord {
        raised: Some(pb_money(raised)),
        settled,
        invested: Some(pb_money(invested)),
        paid: Some(pb_money(paid)),
        projected: Some(pb_money(projected)),
    }
}
