//! What the use cases need of the outside, in their own words.

use async_trait::async_trait;
use authz::{Actor, Role};
use ids::{EventId, NoticeId, ParticipationId, ProjectId, TenantId, UserId};
use money::Money;
use time::OffsetDateTime;
use uow::{StoreError, UnitOfWork};

use crate::domain::{Channel, Kind, Language, Text};

/// What an event gives to its notice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// The project, if it is about one.
    pub project: Option<ProjectId>,
    /// How much, if it is about an amount.
    pub amount: Option<Money>,
    /// Empty where none was given.
    pub reason: String,
}

/// What happened, ready to be told to anybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The event.
    pub event: EventId,
    /// What it tells of.
    pub kind: Kind,
    /// Its facts.
    pub about: About,
    /// When it happened, in business time.
    pub at: OffsetDateTime,
}

/// A notice as it is kept, with what is needed to word it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its name; later notices sort later.
    pub id: NoticeId,
    /// Whose inbox.
    pub user: UserId,
    /// What it tells of.
    pub kind: Kind,
    /// Its facts.
    pub about: About,
    /// When it happened, in business time.
    pub at: OffsetDateTime,
    /// Of the project that it is about; empty where that is not known.
    pub project_name: String,
    /// When it was read.
    pub read_at: Option<OffsetDateTime>,
    /// What its reader reads, as far as they said.
    pub language: Option<Language>,
    /// Where its reader lives; empty where that is not known.
    pub country: String,
}

/// Who hears of a project's news.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Circle {
    /// Its owner alone.
    Owner,
    /// Its owner and all who take part.
    Everybody,
}

/// One unit of work. Dropped without `commit` it leaves no trace.
#[async_trait]
pub trait Tx: UnitOfWork {
    /// Keeps a notice for a person and queues its mail, as far as they want it there, once per
    /// event and person: a second time nothing happens.
    async fn add(&mut self, user: UserId, told: &Told) -> Result<(), StoreError>;
    /// Keeps what concerns a project, once per event.
    async fn keep_news(&mut self, circle: Circle, told: &Told) -> Result<(), StoreError>;
    /// The project's news that somebody of its circle has not been told, oldest first; nobody else
    /// looks for them until the unit of work ends.
    async fn untold(&mut self, project: ProjectId) -> Result<Vec<(UserId, Told)>, StoreError>;

    /// Notes that it was read, the first time; false when the person has no such notice.
    async fn mark_read(&mut self, user: UserId, id: NoticeId) -> Result<bool, StoreError>;
    /// The person's notices before `before`, newest first, `first` at most.
    async fn inbox(
        &mut self,
        user: UserId,
        before: Option<NoticeId>,
        first: u8,
    ) -> Result<Vec<Notice>, StoreError>;
    /// Notes that all that is there was read; how many were not.
    async fn mark_all_read(&mut self, user: UserId) -> Result<i64, StoreError>;
    /// What the person has switched off.
    async fn switched_off(&mut self, user: UserId) -> Result<Vec<(Kind, Channel)>, StoreError>;
    /// Switches a kind off or on.
    async fn switch(
        &mut self,
        user: UserId,
        (kind, channel): (Kind, Channel),
        on: bool,
    ) -> Result<(), StoreError>;
    /// Records `NotificationPreferencesSet`.
    async fn preferences_set(&mut self, user: UserId) -> Result<(), StoreError>;
    /// How many the person has not read.
    async fn unread(&mut self, user: UserId) -> Result<i64, StoreError>;
    /// Keeps what a person says in their profile; where they say nothing, the earlier stays.
    async fn keep_profile(
        &mut self,
        user: UserId,
        (language, country): (Option<Language>, &str),
    ) -> Result<(), StoreError>;
    /// Keeps what a person registered with.
    async fn keep_language(&mut self, user: UserId, language: Language) -> Result<(), StoreError>;
    /// Keeps that a person has a role; nobody loses one.
    async fn keep_role(&mut self, user: UserId, role: Role) -> Result<(), StoreError>;
    /// Everybody with the role.
    async fn with_role(&mut self, role: Role) -> Result<Vec<UserId>, StoreError>;
    /// Keeps a project; an empty name does not undo one that is known.
    async fn keep_project(&mut self, project: ProjectId, name: &str) -> Result<(), StoreError>;
    /// Seats a project's owner.
    async fn seat_owner(&mut self, project: ProjectId, user: UserId) -> Result<(), StoreError>;
    /// Seats one who takes part.
    async fn seat(
        &mut self,
        project: ProjectId,
        user: UserId,
        participation: ParticipationId,
    ) -> Result<(), StoreError>;
    /// Takes the seat of a participation away.
    async fn unseat(
        &mut self,
        project: ProjectId,
        participation: ParticipationId,
    ) -> Result<(), StoreError>;

    /// Notes that a notice's mail went out and records `NoticeSent`, the first time.
    async fn mail_sent(&mut self, notice: &Notice) -> Result<(), StoreError>;
    /// Notes that it did not: it waits, longer each time and an hour at most, or is parked and
    /// `MailParked` recorded when it was tried so often.
    async fn mail_failed(
        &mut self,
        notice: &Notice,
        (reason, tries_max): (&'static str, i32),
    ) -> Result<(), StoreError>;
}

/// Where units of work come from.
#[async_trait]
pub trait Store: Send + Sync {
    /// Starts one, in the name of the actor.
    async fn begin(&self, actor: &Actor) -> Result<Box<dyn Tx>, StoreError>;
    /// Notices of all tenants whose mail is due, the longest waiting first. One about a project
    /// that is not known yet waits for it.
    async fn due_mails(&self) -> Result<Vec<(TenantId, Notice)>, StoreError>;
}

/// Where somebody can be written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Who.
    pub user: UserId,
    /// The address.
    pub email: String,
    /// What they read.
    pub language: Language,
}

/// Nobody answered; another try may succeed.
#[derive(Debug, thiserror::Error)]
#[error("{what} can't be reached")]
pub struct Unreachable {
    /// What was tried.
    pub what: &'static str,
    /// Why not.
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

/// Who knows the addresses: asked outside of every unit of work.
#[async_trait]
pub trait Addresses: Send + Sync {
    /// Of these people, as far as they are known.
    async fn of(&self, tenant: TenantId, users: &[UserId]) -> Result<Vec<Contact>, Unreachable>;
}

/// A notice on its way to somebody's address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The notice's name, and the letter's: one that goes out twice is the same letter.
    pub id: NoticeId,
    /// Where to.
    pub email: String,
    /// In the reader's language.
    pub text: Text,
    /// When it happened, in business time.
    pub at: OffsetDateTime,
}

/// What takes letters out.
#[async_trait]
pub trait Post: Send + Sync {
    /// Takes it out; a second time replaces the first.
    async fn deliver(&self, letter: &Letter) -> Result<(), Unreachable>;
}
