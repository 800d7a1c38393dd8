//! The record of all services: what happened to anything, and what waits to be applied.

use std::collections::BTreeMap;

use async_graphql::connection::EmptyFields;
use async_graphql::{Context, Enum, ID, InputObject, Json, Object, Result, SimpleObject};
use contracts::journal as pb;
use futures::future::try_join_all;
use serde::Deserialize;
use serde_json::Value;

use crate::calls::{self, Payload, payload};
use crate::connection::{self, Asked, Page};
use crate::wire::{Shown, Unreadable};

/// A part of the platform with a record of its own.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum Service {
    /// Accounts, roles and sign-ins.
    Auth,
    /// Profiles, identities, consents.
    Users,
    /// Import projects.
    Projects,
    /// Funding rounds.
    Participation,
    /// The books.
    Accounting,
    /// The inboxes.
    Notification,
}

/// An event of the record.
#[derive(Clone, Debug, SimpleObject)]
pub struct RecordedEvent {
    event_id: ID,
    /// Whose record it stands in.
    service: Service,
    /// Its place there.
    seq: i64,
    /// Its hash in the chain: SHA-256 of the one before and the event's bytes, in hex.
    hash: String,
    /// Its name, such as `fondeo.projects.v1.ProjectPublished`.
    #[graphql(name = "type")]
    ty: String,
    /// When it was recorded.
    at: String,
    /// The instant that deadlines went by.
    business_time: String,
    /// `user:<id>` or `service:<name>`.
    actor: String,
    /// What it belongs to.
    aggregate: ID,
    /// The request that all this comes from.
    correlation_id: ID,
    /// The event that it is a reaction to.
    causation_id: Option<ID>,
    /// Its contents, ids and amounts only.
    data: Json<Value>,
}

/// An event that one service could not apply. The later ones of its aggregate wait behind it.
#[derive(Clone, Debug, SimpleObject)]
pub struct ParkedEvent {
    /// Who could not apply it.
    consumer: Service,
    /// Whose event it is.
    producer: Service,
    /// Its place there.
    seq: i64,
    aggregate: ID,
    #[graphql(name = "type")]
    ty: String,
    reason: String,
    parked_at: String,
    /// An administrator asked for another try.
    waits_for_retry: bool,
}

/// The envelope's fields that the API shows.
#[derive(Deserialize)]
struct Envelope {
    id: String,
    #[serde(rename = "type")]
    ty: String,
    subject: String,
    time: String,
    actor: String,
    businesstime: String,
    correlationid: String,
    causationid: Option<String>,
    data: Value,
}

/// Which parked events to try again.
#[derive(Clone, Debug, InputObject)]
pub struct ReplayParkedInput {
    consumer: Service,
    producer: Service,
    aggregate: ID,
}

payload!(ReplayParkedPayload of pb::ReplayParkedReply {
    /// How many will be tried again.
    events: i64,
});

/// The platform's business time.
#[derive(Clone, Debug, SimpleObject)]
pub struct BusinessTime {
    now: String,
    /// How far it was moved ahead of real time, in seconds.
    offset_s: i64,
}

/// What is asked of the records.
#[derive(Default)]
pub struct RecordQuery;

#[Object]
impl RecordQuery {
    /// The instant that deadlines go by: real time, except in a demo. Where the services have not
    /// all heard yet that it was moved, it is that of the last one.
    #[graphql(complexity = "crate::cost::CALL * 6 + child_complexity")]
    async fn business_time(&self, ctx: &Context<'_>) -> Result<Option<BusinessTime>> {
        let calls = calls::of(ctx);
        // Auth goes by real time alone.
        let journals = calls.journals().into_iter();
        let judging = journals.filter(|(service, _)| *service != "auth");
        let clocks = judging.map(|(_, client)| {
            calls.read(pb::ClockRequest {}, move |request| {
                let mut client = client.clone();
                async move { client.clock(request).await }
            })
        });
        let clocks = try_join_all(clocks).await?.into_iter();
        Ok(clocks.min_by_key(|clock| clock.offset_s).map(|clock| {
            let pb::ClockReply {
                offset_s,
                business_now,
            } = clock;
            BusinessTime {
                now: business_now,
                offset_s,
            }
        }))
    }

    /// Everything that the services recorded about one thing: a project, a person, a
    /// participation, a transfer, any id (ADMIN, AUDITOR). Oldest first.
    #[graphql(complexity = "crate::cost::page(first, child_complexity)")]
    async fn time_line(
        &self,
        ctx: &Context<'_>,
        id: ID,
        #[graphql(default = 20, validator(minimum = 1, maximum = 100))] first: i32,
        after: Option<String>,
    ) -> Result<Option<Page<RecordedEvent>>> {
        let calls = calls::of(ctx);
        let page = Asked::of(calls, first, after)?;
        let mut places = Places::read(&page.after).ok_or_else(|| connection::malformed(calls))?;
        let pages = calls.journals().map(|(service, client)| {
            let message = pb::TimeLineRequest {
                id: id.0.clone(),
                first: first + 1,
                after_seq: places.of(service),
            };
            async move {
                let reply = calls.read(message, |request| {
                    let mut client = client.clone();
                    async move { client.time_line(request).await }
                });
                let entries = reply.await?.entries.into_iter();
                let shown = entries.map(|entry| calls.show((service, entry)));
                shown.collect::<Result<Vec<RecordedEvent>>>()
            }
        });
        let mut events: Vec<_> = try_join_all(pages).await?.into_iter().flatten().collect();
        events
            .sort_by(|a, b| (&a.at, a.service as u8, a.seq).cmp(&(&b.at, b.service as u8, b.seq)));
        let limit = usize::try_from(first).unwrap_or(1);
        let has_more = events.len() > limit;
        let placed = events.into_iter().take(limit).map(|event| {
            places.pass(event.service.into(), event.seq);
            (places.text(), event)
        });
        Ok(Some(page.placed(placed, has_more, EmptyFields)))
    }

    /// Events that a service could not apply, and why (ADMIN, AUDITOR).
    #[graphql(complexity = "crate::cost::CALL * 6 + crate::cost::list(child_complexity)")]
    async fn parked(&self, ctx: &Context<'_>) -> Result<Option<Vec<ParkedEvent>>> {
        let calls = calls::of(ctx);
        let lists = calls.journals().map(|(consumer, client)| async move {
            let reply = calls.read(pb::ParkedRequest {}, |request| {
                let mut client = client.clone();
                async move { client.parked(request).await }
            });
            let events = reply.await?.events.into_iter();
            let shown = events.map(|event| calls.show((consumer, event)));
            shown.collect::<Result<Vec<ParkedEvent>>>()
        });
        let parked = try_join_all(lists).await?;
        Ok(Some(parked.into_iter().flatten().collect()))
    }
}

/// What is done about the records.
#[derive(Default)]
pub struct RecordMutation;

#[Object]
impl RecordMutation {
    /// Has the parked events of one aggregate tried again, in their order (ADMIN, fresh sign-in).
    /// What fails again stays parked with its new reason.
    #[graphql(complexity = "crate::cost::CALL + child_complexity")]
    async fn replay_parked(
        &self,
        ctx: &Context<'_>,
        input: ReplayParkedInput,
    ) -> Result<ReplayParkedPayload> {
        let calls = calls::of(ctx);
        let ReplayParkedInput {
            consumer,
            producer,
            aggregate,
        } = input;
        let consumer: &str = consumer.into();
        let producer: &str = producer.into();
        let mut journals = calls.journals().into_iter();
        let client = journals.find(|(service, _)| *service == consumer);
        let (_, client) = client.expect("every service has its record");
        let message = pb::ReplayParkedRequest {
            producer: producer.to_owned(),
            aggregate: aggregate.0,
        };
        let answer = calls.make(message, |request| {
            let mut client = client.clone();
            async move { client.replay_parked(request).await }
        });
        match answer.await {
            Ok(reply) => calls.show(reply),
            Err(problem) => problem
                .into_data(calls.language)
                .map(ReplayParkedPayload::refused),
        }
    }
}

impl Shown<(&'static str, pb::Entry)> for RecordedEvent {
    fn shown((service, wire): (&'static str, pb::Entry)) -> std::result::Result<Self, Unreadable> {
        let pb::Entry { seq, hash, body } = wire;
        let Envelope {
            id,
            ty,
            subject,
            time,
            actor,
            businesstime,
            correlationid,
            causationid,
            data,
        } = serde_json::from_str(&body).map_err(|_| Unreadable::here().inside("body"))?;
        Ok(Self {
            event_id: ID(id),
            service: service.parse().map_err(|_| Unreadable::here())?,
            seq,
            hash: hex::encode(hash),
            ty,
            at: time,
            business_time: businesstime,
            actor,
            aggregate: ID(subject),
            correlation_id: ID(correlationid),
            causation_id: causationid.map(ID),
            data: Json(data),
        })
    }
}

impl Shown<(&'static str, pb::ParkedEvent)> for ParkedEvent {
    fn shown(
        (consumer, wire): (&'static str, pb::ParkedEvent),
    ) -> std::result::Result<Self, Unreadable> {
        let pb::ParkedEvent {
            producer,
            seq,
            aggregate,
            r#type,
            reason,
            parked_at,
            waits_for_retry,
        } = wire;
        let service = |name: &str| name.parse().map_err(|_| Unreadable::here());
        Ok(Self {
            consumer: service(consumer)?,
            producer: service(&producer)?,
            seq,
            aggregate: ID(aggregate),
            ty: r#type,
            reason,
            parked_at,
            waits_for_retry,
        })
    }
}

/// Up to which place of each record a time line was shown.
#[derive(Default)]
struct Places(BTreeMap<String, i64>);

impl Places {
    fn of(&self, service: &str) -> i64 {
        self.0.get(service).copied().unwrap_or(0)
    }

    fn pass(&mut self, service: &str, seq: i64) {
        self.0.insert(service.to_owned(), seq);
    }

    fn text(&self) -> String {
        let places = self.0.iter();
        let parts: Vec<String> = places.map(|(name, seq)| format!("{name}:{seq}")).collect();
        parts.join(",")
    }

    /// No text is the beginning of all.
    fn read(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::default());
        }
        let parts = text.split(',').map(|part| {
            let (name, seq) = part.split_once(':')?;
            Some((name.to_owned(), seq.parse().ok()?))
        });
        parts.collect::<Option<_>>().map(Self)
    }
}
