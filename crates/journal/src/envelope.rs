//! The envelope: CloudEvents 1.0 in JSON, the same bytes in the journal, on the bus, in exports.

use ids::{EventId, TenantId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// One event with what is known about it. Extension names are lower case, as CloudEvents asks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Envelope {
    /// Always `1.0`.
    pub specversion: String,
    /// The event's id.
    pub id: EventId,
    /// `/fondeo/<service>`.
    pub source: String,
    /// The full protobuf name of the contents.
    #[serde(rename = "type")]
    pub ty: String,
    /// The aggregate's id.
    pub subject: Uuid,
    /// When it was recorded, real time, RFC 3339.
    pub time: String,
    /// Always `application/json`.
    pub datacontenttype: String,
    /// Whose data it is.
    pub tenant: TenantId,
    /// In whose name: `user:<id>` or `service:<name>`.
    pub actor: String,
    /// The business instant, RFC 3339.
    pub businesstime: String,
    /// The request that all this comes from.
    pub correlationid: Uuid,
    /// The event that it is a reaction to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub causationid: Option<EventId>,
    /// Its number among its aggregate's events, from 1.
    pub aggregateversion: i64,
    /// The contents in ProtoJSON.
    pub data: Value,
}

/// Bytes that are no envelope of ours.
#[derive(Debug, thiserror::Error)]
#[error("the event at place {seq} is no CloudEvents envelope")]
pub struct MalformedEnvelope {
    /// Its place in the order.
    pub seq: i64,
    /// What the reader found.
    pub source: serde_json::Error,
}

impl Envelope {
    /// Reads the exact bytes of the record.
    pub fn read(seq: i64, body: &str) -> Result<Self, MalformedEnvelope> {
        serde_json::from_str(body).map_err(|source| MalformedEnvelope { seq, source })
    }
}
