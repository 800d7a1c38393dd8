//! The calls of one request to the services: with the caller's own token, one deadline for all,
//! and what may be tried again tried again.

use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_graphql::dataloader::{DataLoader, Loader};
use contracts::accounting::accounting_client::AccountingClient;
use contracts::auth::auth_client::AuthClient;
use contracts::journal::journal_client::JournalClient;
use contracts::notification::notification_client::NotificationClient;
use contracts::participation::participation_client::ParticipationClient;
use contracts::projects::projects_client::ProjectsClient;
use contracts::users::users_client::UsersClient;
use futures::future::BoxFuture;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use ids::TenantId;
use link::Link;
use tokio::time::Instant;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::{Request, Response, Status};
use uuid::Uuid;

use crate::Links;
use crate::language::Language;
use crate::refusal::{Problem, Refusal};
use crate::wire::{Given, Shown};

/// All calls of a request together; less than a service grants one call.
const PATIENCE: Duration = Duration::from_secs(12);
/// How often a call is made at most: a read, or a write under its key.
const ATTEMPTS: u32 = 3;
const FIRST_PAUSE: Duration = Duration::from_millis(30);

/// What one request may call, and in whose name.
#[derive(Clone)]
pub struct Calls {
    links: Arc<Links>,
    authorization: Option<MetadataValue<Ascii>>,
    tenant: TenantId,
    correlation: Uuid,
    deadline: Instant,
    /// How often something was looked up by its id.
    lookups: Arc<AtomicUsize>,
    /// The caller's.
    pub language: Language,
}

macro_rules! clients {
    ($($name:ident: $client:ident),*) => {$(
        /// A client of the service of this name.
        pub fn $name(&self) -> $client<Link> {
            $client::new(self.links.$name.clone())
        }
    )*};
}

impl Calls {
    clients!(
        auth: AuthClient,
        users: UsersClient,
        projects: ProjectsClient,
        participation: ParticipationClient,
        accounting: AccountingClient,
        notification: NotificationClient
    );

    /// A client of each service's record, with the service's name.
    pub fn journals(&self) -> [(&'static str, JournalClient<Link>); 6] {
        let Links {
            auth,
            users,
            projects,
            participation,
            accounting,
            notification,
        } = self.links.as_ref();
        [
            ("auth", auth),
            ("users", users),
            ("projects", projects),
            ("participation", participation),
            ("accounting", accounting),
            ("notification", notification),
        ]
        .map(|(service, link)| (service, JournalClient::new(link.clone())))
    }

    /// In the name of whoever sent these headers; the services verify it.
    pub fn new(
        links: Arc<Links>,
        tenant: TenantId,
        correlation: Uuid,
        headers: &HeaderMap,
    ) -> Self {
        let authorization = headers
            .get(AUTHORIZATION)
            .and_then(|value| MetadataValue::try_from(value.as_bytes()).ok());
        Self {
            links,
            authorization,
            tenant,
            correlation,
            deadline: Instant::now() + PATIENCE,
            lookups: Arc::default(),
            language: Language::of(headers),
        }
    }

    /// Makes a call, through `ask!`.
    pub async fn make<M, R, F>(
        &self,
        message: M,
        rpc: impl Fn(Request<M>) -> F + Send,
    ) -> Result<R, Problem>
    where
        M: Clone + Send,
        F: Future<Output = Result<Response<R>, Status>> + Send,
    {
        let mut attempt = 1;
        loop {
            let answer = rpc(self.request(message.clone()));
            let problem = match tokio::time::timeout_at(self.deadline, answer).await {
                Ok(Ok(response)) => return Ok(response.into_inner()),
                Ok(Err(status)) => {
                    let problem = Problem::from(&status);
                    if problem == Problem::Fault {
                        tracing::error!(code = ?status.code(), "a service answered with a fault");
                    }
                    problem
                }
                Err(_elapsed) => return Err(Problem::TooSlow),
            };
            let pause = self.pause(attempt);
            let in_time = Instant::now() + pause < self.deadline;
            if attempt == ATTEMPTS || !problem.is_passing() || !in_time {
                return Err(problem);
            }
            tokio::time::sleep(pause).await;
            attempt += 1;
        }
    }

    /// Makes a query's call; a refusal is an error there.
    pub async fn read<M, R, F>(
        &self,
        message: M,
        rpc: impl Fn(Request<M>) -> F + Send,
    ) -> async_graphql::Result<R>
    where
        M: Clone + Send,
        F: Future<Output = Result<Response<R>, Status>> + Send,
    {
        let answer = self.make(message, rpc).await;
        answer.map_err(|problem| problem.into_error(self.language))
    }

    /// Makes a mutation's call; a refusal is an answer there.
    pub async fn write<I, M, R, P, F>(
        &self,
        input: I,
        rpc: impl Fn(Request<M>) -> F + Send,
    ) -> async_graphql::Result<P>
    where
        I: Given<M>,
        M: Clone + Send,
        P: Payload + Shown<R>,
        F: Future<Output = Result<Response<R>, Status>> + Send,
    {
        let answer = match input.given("input") {
            Ok(message) => self.make(message, rpc).await,
            Err(unusable) => Err(unusable.into()),
        };
        match answer {
            Ok(reply) => self.show(reply),
            Err(problem) => problem.into_data(self.language).map(P::refused),
        }
    }

    /// A part of an answer as the API shows it; one that breaks the contract is a fault.
    pub fn shown<W, T: Shown<W>>(wire: W) -> Result<T, Problem> {
        T::shown(wire).map_err(|unreadable| {
            tracing::error!(%unreadable, "an answer breaks its contract");
            Problem::Fault
        })
    }

    /// The same, in a query.
    pub fn show<W, T: Shown<W>>(&self, wire: W) -> async_graphql::Result<T> {
        Self::shown(wire).map_err(|problem| problem.into_error(self.language))
    }

    fn request<M>(&self, message: M) -> Request<M> {
        let mut request = Request::new(message);
        request.set_timeout(self.deadline.saturating_duration_since(Instant::now()));
        let metadata = request.metadata_mut();
        let text = |id: Uuid| id.to_string().parse().expect("an id is ASCII");
        metadata.insert("fondeo-correlation", text(self.correlation));
        metadata.insert("fondeo-tenant", text(self.tenant.as_uuid()));
        if let Some(authorization) = &self.authorization {
            metadata.insert("authorization", authorization.clone());
        }
        request
    }

    /// Longer each time, and never the same for two requests.
    fn pause(&self, attempt: u32) -> Duration {
        let spread = u32::from(self.correlation.as_bytes()[15]);
        FIRST_PAUSE * attempt * attempt + Duration::from_millis(u64::from(spread / 8))
    }
}

/// What a mutation answers with.
pub trait Payload {
    /// Nothing but the refusal.
    fn refused(refusal: Refusal) -> Self;
}

/// `ask!(calls.read, projects.project(message))`: the call, in the name of the caller.
macro_rules! ask {
    ($calls:ident.$how:ident, $service:ident.$rpc:ident($message:expr)) => {
        $calls.$how($message, |request| {
            let mut client = $calls.$service();
            async move { client.$rpc(request).await }
        })
    };
}

/// The mutations of one service: the payload of each rpc, and its field.
macro_rules! writes {
    ($(#[$meta:meta])* $root:ident over $service:ident of $package:ident {
        $($(#[$about:meta])* $rpc:ident($input:ident) -> $payload:ident of $reply:ident {
            $($(#[$of:meta])* $field:ident: $ty:ty),* $(,)?
        })*
    }) => {
        $($crate::calls::payload!($payload of $package::$reply {
            $($(#[$of])* $field: $ty),*
        });)*

        $(#[$meta])*
        #[derive(Default)]
        pub struct $root;

        #[async_graphql::Object]
        impl $root {
            $($(#[$about])*
            #[graphql(complexity = "crate::cost::CALL + child_complexity")]
            async fn $rpc(
                &self,
                ctx: &async_graphql::Context<'_>,
                input: $input,
            ) -> async_graphql::Result<$payload> {
                let calls = $crate::calls::of(ctx);
                $crate::calls::ask!(calls.write, $service.$rpc(input)).await
            })*
        }
    };
}

/// One mutation's payload out of the rpc's reply.
macro_rules! payload {
    ($name:ident of $package:ident::$message:ident {
        $($(#[$about:meta])* $field:ident: $ty:ty),* $(,)?
    }) => {
        /// One of the two: what was done, or why not.
        #[derive(Clone, Debug, async_graphql::SimpleObject)]
        pub struct $name {
            /// Why a rule said no; nothing was changed then.
            pub refusal: Option<$crate::refusal::Refusal>,
            $($(#[$about])* pub $field: Option<$ty>,)*
        }

        impl $crate::calls::Payload for $name {
            fn refused(refusal: $crate::refusal::Refusal) -> Self {
                Self { refusal: Some(refusal), $($field: None,)* }
            }
        }

        impl $crate::wire::Shown<$package::$message> for $name {
            fn shown(wire: $package::$message) -> Result<Self, $crate::wire::Unreadable> {
                let $package::$message { $($field),* } = wire;
                Ok(Self {
                    refusal: None,
                    $($field: $crate::wire::field(stringify!($field), $field)?,)*
                })
            }
        }
    };
}

pub(crate) use {ask, payload, writes};

/// As many are looked up in one call; the services take 200.
const BATCH: usize = 100;
/// Then everybody who was about to ask has asked.
const QUIET: Duration = Duration::from_millis(1);

/// Looks up by id, all that is asked for before it is quiet in one call.
pub fn loader(calls: &Calls) -> DataLoader<Calls> {
    let lookups = Arc::clone(&calls.lookups);
    let spawn = move |fetch: BoxFuture<'static, ()>| {
        let lookups = Arc::clone(&lookups);
        #[expect(
            clippy::disallowed_methods,
            reason = "a batch lives as long as its request, which waits for it"
        )]
        tokio::spawn(async move {
            let mut heard = None;
            loop {
                let so_far = Some(lookups.load(Ordering::Relaxed));
                if heard == so_far {
                    break;
                }
                heard = so_far;
                tokio::time::sleep(QUIET).await;
            }
            fetch.await;
        });
    };
    let loader = DataLoader::new(calls.clone(), spawn);
    loader.delay(Duration::ZERO).max_batch_size(BATCH)
}

/// What is looked up by its id, together with what others look up.
pub async fn load<K>(
    ctx: &async_graphql::Context<'_>,
    key: K,
) -> async_graphql::Result<Option<<Calls as Loader<K>>::Value>>
where
    K: Send + Sync + Hash + Eq + Clone + 'static,
    Calls: Loader<K, Error = Problem>,
{
    of(ctx).lookups.fetch_add(1, Ordering::Relaxed);
    let loader = ctx.data_unchecked::<DataLoader<Calls>>();
    let found = loader.load_one(key).await;
    found.map_err(|problem| problem.into_error(of(ctx).language))
}

/// The calls of the request that is being answered.
pub fn of<'a>(ctx: &async_graphql::Context<'a>) -> &'a Calls {
    ctx.data_unchecked::<Calls>()
}
