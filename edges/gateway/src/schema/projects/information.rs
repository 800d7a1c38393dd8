//! What an investor reads before taking part: the key information sheet and the owner's record.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, ID, Object, Result};
use contracts::projects as pb;

use super::ProjectState;
use crate::calls::{self, Calls, ask};
use crate::refusal::Problem;
use crate::wire::{Money, shown};

shown! {
    /// One version of a project's key information sheet.
    KeyInformation of pb::KeyInformation {
        version: i64,
        issued_at: String,
    } lists {
        documents: KeyInformationDocument,
    }
}

shown! {
    /// The sheet in one language.
    KeyInformationDocument of pb::KeyInformationDocument {
        /// `es` or `en`.
        language: String,
        /// Of the document, lower-case hex.
        sha256: String,
        /// Where it is, for five minutes.
        url: String,
    }
}

shown! {
    /// What became of an owner's projects that were shown.
    TrackRecord of pb::TrackRecord {
        /// How many were ever flagged LATE.
        late: i64,
        /// How many were ever flagged DISPUTED.
        disputed: i64,
    } lists {
        states: StateCount,
        /// Currency by currency.
        money: MoneyRecord,
    }
}

shown! {
    /// How many projects stand there.
    StateCount of pb::StateCount {
        state: ProjectState,
        count: i64,
    }
}

shown! {
    /// What was raised in one currency, and what came of it.
    MoneyRecord of pb::MoneyRecord {
        /// Of projects that were approved.
        raised: Option<Money>,
        /// How many of them are settled.
        settled: i64,
        /// What settled projects took for cash participations.
        invested: Option<Money>,
        /// What they paid for it, after fees and taxes.
        paid: Option<Money>,
        /// What was planned to be paid for it, before fees and taxes.
        projected: Option<Money>,
    }
}

/// The track record of the owner of this id.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RecordOf(pub String);

impl Loader<RecordOf> for Calls {
    type Value = TrackRecord;
    type Error = Problem;

    async fn load(
        &self,
        owners: &[RecordOf],
    ) -> std::result::Result<HashMap<RecordOf, TrackRecord>, Problem> {
        let ids = owners.iter().map(|RecordOf(id)| id.clone());
        let message = pb::TrackRecordsRequest {
            owner_ids: ids.collect(),
        };
        let pb::TrackRecordsReply { track_records } =
            ask!(self.make, projects.track_records(message)).await?;
        let records = track_records.into_iter();
        let shown = records.map(|(id, one)| Ok((RecordOf(id), Self::shown(one)?)));
        shown.collect()
    }
}

/// What is asked before taking part.
#[derive(Default)]
pub struct InformationQuery;

#[Object]
impl InformationQuery {
    /// A project's key information sheet: the newest version, or another one; null while there is
    /// none.
    #[graphql(complexity = "crate::cost::whole(child_complexity)")]
    async fn key_information(
        &self,
        ctx: &Context<'_>,
        project_id: ID,
        version: Option<i64>,
    ) -> Result<Option<KeyInformation>> {
        let calls = calls::of(ctx);
        let message = pb::KeyInformationRequest {
            project_id: project_id.0,
            version: version.unwrap_or_default(),
        };
        let reply = ask!(calls.read, projects.key_information(message)).await?;
        calls.show(reply.key_information)
    }

    /// What became of an owner's projects.
    #[graphql(complexity = "crate::cost::whole(child_complexity)")]
    async fn track_record(&self, ctx: &Context<'_>, owner_id: ID) -> Result<Option<TrackRecord>> {
        let calls = calls::of(ctx);
        let message = pb::TrackRecordRequest {
            owner_id: owner_id.0,
        };
        let reply = ask!(calls.read, projects.track_record(message)).await?;
        calls.show(reply.track_record)
    }
}
