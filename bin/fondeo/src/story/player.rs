//! Plays the scenario step by step: each by its person, at its hour, with what must have happened
//! by then waited for.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use ids::EventId;
use money::{Currency, Money};
use reqwest::Url;
use serde_json::{Map, Value, json};

use super::api::{Api, Refused};
use super::people::People;
use super::scenario::{Action, Scenario};
use super::sign_in::http;
use crate::progress::Progress;

/// What follows from an event is there within moments, or something is wrong.
const PATIENCE: Duration = Duration::from_secs(20);
const FIRST_LOOK: Duration = Duration::from_millis(15);
const LAST_LOOK: Duration = Duration::from_millis(250);

/// What a play remembers between its steps.
pub struct Player {
    /// What is played.
    pub scenario: Scenario,
    /// Who plays.
    pub people: People,
    pub(super) currency: Currency,
    pub(super) suffix: String,
    pub(super) project: String,
    /// The participations by their names in the scenario.
    pub(super) requests: HashMap<String, String>,
    /// The first request of each key.
    pub(super) keys: HashMap<String, String>,
    pub(super) handed_over: BTreeMap<String, BTreeMap<String, i64>>,
    pub(super) run: String,
    pub(super) payout: String,
    pub(super) answers: Vec<Value>,
    pub(super) balances: Vec<Value>,
    /// The books when the play began: of other plays on the same platform.
    pub(super) before: Books,
    api: Api,
    hours: i64,
    pub(super) number: usize,
}

/// What belongs to one play, in minor units.
pub(super) struct Own {
    /// Set aside in the wallets of its people.
    pub held: i128,
    /// In the project's escrow:capital.
    pub capital: i128,
    /// In its escrow:proceeds.
    pub proceeds: i128,
}

/// The platform's books, in one currency.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Books {
    /// By kind of account: debits less credits.
    kinds: BTreeMap<String, i128>,
}

/// What a step led to: the figures of its answer, where it has some, and a line for the reader.
pub struct Outcome {
    pub(super) answer: Option<Value>,
    pub(super) line: String,
}

impl Outcome {
    pub(super) fn said(line: impl Into<String>) -> Self {
        Self {
            answer: None,
            line: line.into(),
        }
    }
}

impl Player {
    /// Before anything is played on the platform at `url`, with people of this play's own.
    pub fn new(url: &str, scenario: Scenario) -> anyhow::Result<Self> {
        // The random end of the id: no two plays have the same.
        let id = EventId::new().as_uuid().simple().to_string();
        Self::with_suffix(url, scenario, id[id.len() - 10..].to_owned())
    }

    /// The same with the demo's people.
    pub fn with_demo_people(url: &str, scenario: Scenario) -> anyhow::Result<Self> {
        Self::with_suffix(url, scenario, String::new())
    }

    fn with_suffix(url: &str, scenario: Scenario, suffix: String) -> anyhow::Result<Self> {
        let base = Url::parse(url).with_context(|| format!("{url} is no address"))?;
        let http = http()?;
        let currency = scenario.currency.parse()?;
        Ok(Self {
            people: People::new(http.clone(), base.clone(), suffix.clone()),
            api: Api::new(http, &base)?,
            scenario,
            currency,
            suffix,
            project: String::new(),
            requests: HashMap::new(),
            keys: HashMap::new(),
            handed_over: BTreeMap::new(),
            run: String::new(),
            payout: String::new(),
            answers: Vec::new(),
            balances: Vec::new(),
            before: Books::default(),
            hours: 0,
            number: 0,
        })
    }

    /// The same on a platform that may be gone for a while.
    pub fn patient(mut self) -> Self {
        self.api = self.api.patient();
        self
    }

    /// Everybody signs in, and the books are read as they are.
    pub async fn gather(&mut self) -> anyhow::Result<()> {
        self.people.gather(&self.scenario.cast, &self.api).await?;
        self.before = self.books().await?;
        Ok(())
    }

    /// Plays one step, counted from 1; the line says what came of it.
    pub async fn step(&mut self, number: usize, progress: &Progress) -> anyhow::Result<String> {
        self.number = number;
        let step = self.scenario.steps[number - 1].clone();
        let (word, about) = step.action.name();
        progress.step(&format!("{word} {about}"));
        let played = async {
            self.advance_to(step.at_hours).await?;
            let outcome = self.act_out(&step.action).await?;
            self.note_balances(word, about).await?;
            anyhow::Ok(outcome)
        };
        let outcome = played
            .await
            .with_context(|| format!("step {number}, {word} {about}"))?;
        if let Some(Value::Object(figures)) = outcome.answer {
            let mut answer = self.head(word, about);
            answer.extend(figures);
            self.answers.push(Value::Object(answer));
        }
        let (days, hours) = (step.at_hours / 24, step.at_hours % 24);
        Ok(format!("day {days:>3} {hours:>2} h  {}", outcome.line))
    }

    async fn act_out(&mut self, action: &Action) -> anyhow::Result<Outcome> {
        match action {
            Action::Verify { by, people } => self.verify(by, people).await,
            Action::Deposit {
                by,
                person,
                amount,
                bank_reference,
            } => self.deposit(by, person, amount, bank_reference).await,
            Action::CreateProject { by } => self.create_project(by).await,
            Action::Publish { by } => self.publish(by).await,
            Action::OpenFunding { by } => self.open_funding(by).await,
            Action::Request(request) => self.request(request).await,
            Action::Approve { by, request } => self.approve(by, request).await,
            Action::Reject {
                by,
                request,
                reason,
            } => self.reject(by, request, reason).await,
            Action::Stake(stake) => self.stake(stake).await,
            Action::JoinWaitingList(waiting) => self.join_waiting_list(waiting).await,
            Action::Withdraw { by, request } => self.withdraw(by, request).await,
            Action::AwaitPromoted { by, request } => self.await_promoted(by, request).await,
            Action::AwaitExpired { by, request } => self.await_expired(by, request).await,
            Action::AwaitCancelled => self.await_cancelled().await,
            Action::AwaitSeal => self.await_seal().await,
            Action::ApproveProject { by } => self.approve_project(by).await,
            Action::StartExecution { by } => self.start_execution(by).await,
            Action::Disburse(disburse) => self.disburse(disburse).await,
            Action::Advance { by, amount } => self.advance(by, amount).await,
            Action::Receive { by, counted, note } => self.receive(by, counted, note).await,
            Action::HandOver { by, request } => self.hand_over(by, request).await,
            Action::AwaitLapsed { by, request } => self.await_lapsed(by, request).await,
            Action::Cancel { by, reason } => self.cancel(by, reason).await,
            Action::Sell(sell) => self.sell(sell).await,
            Action::Recover {
                by,
                line,
                amount,
                bank_reference,
            } => self.recover(by, line, amount, bank_reference).await,
            Action::WriteOff {
                by,
                agreed_by,
                sku,
                units,
                reason,
            } => self.write_off((by, agreed_by), sku, *units, reason).await,
            Action::BuyBack(buy_back) => self.buy_back(buy_back).await,
            Action::Complete { by, confirmed_by } => self.complete(by, confirmed_by).await,
            Action::ProposeRun { by } => self.propose_run(by).await,
            Action::ApproveRun { by } => self.approve_run(by).await,
            Action::Payout {
                by,
                amount,
                account,
            } => self.ask_payout(by, amount, account).await,
            Action::ConfirmPayout {
                by,
                agreed_by,
                person,
                bank_reference,
            } => {
                self.confirm_payout((by, agreed_by.as_deref()), person, bank_reference)
                    .await
            }
        }
    }

    /// Business time only goes forward, and everybody hears of it.
    async fn advance_to(&mut self, hours: i64) -> anyhow::Result<()> {
        let ahead = hours - self.hours;
        if ahead > 0 {
            let input = json!({ "seconds": ahead * 3_600 });
            let admin = self.somebody("ADMIN")?;
            let moved = self
                .must(&admin, "advanceBusinessTime", input, "offsetS")
                .await?;
            let offset = whole(&moved["offsetS"])?;
            let look = (
                admin.as_str(),
                "businessTime",
                "{ businessTime { offsetS } }",
            );
            self.until("the time has moved everywhere", look, |time| {
                whole(&time["offsetS"]).is_ok_and(|all| all >= offset)
            })
            .await?;
            self.hours = hours;
        }
        Ok(())
    }

    /// The first of the cast with that role.
    pub(super) fn somebody(&self, role: &str) -> anyhow::Result<String> {
        let has = |role: &str, own: &[authz::Role]| own.iter().any(|own| own.to_string() == role);
        let found = self.scenario.cast.iter().find(|one| has(role, &one.roles));
        Ok(found
            .with_context(|| format!("nobody of the cast is {role}"))?
            .id
            .clone())
    }

    /// Asks one field in somebody's name.
    pub(super) async fn ask(
        &mut self,
        by: &str,
        field: &str,
        query: &str,
    ) -> anyhow::Result<Value> {
        let token = self.people.token(by).await?;
        self.api.ask(&token, field, query).await
    }

    /// Does something in somebody's name; the key is of this play, step and operation.
    pub(super) async fn act(
        &mut self,
        by: &str,
        name: &str,
        mut input: Value,
        wanted: &str,
    ) -> anyhow::Result<Result<Value, Refused>> {
        if input["idempotencyKey"].is_null() {
            let key = format!("{}-{}-{name}-{by}", self.suffix, self.number);
            input["idempotencyKey"] = key.into();
        }
        let token = self.people.token(by).await?;
        self.api.act(&token, name, input, wanted).await
    }

    /// The same, and no rule may say no.
    pub(super) async fn must(
        &mut self,
        by: &str,
        name: &str,
        input: Value,
        wanted: &str,
    ) -> anyhow::Result<Value> {
        match self.act(by, name, input, wanted).await? {
            Ok(payload) => Ok(payload),
            Err(refused) => bail!("{name} by {by} was refused: {refused}"),
        }
    }

    /// The same, and what a rule says while an event is still under way is not its last word.
    pub(super) async fn must_soon(
        &mut self,
        by: &str,
        name: &str,
        input: Value,
        wanted: &str,
    ) -> anyhow::Result<Value> {
        let mut look = Look::new();
        loop {
            match self.act(by, name, input.clone(), wanted).await? {
                Ok(payload) => return Ok(payload),
                Err(refused) if look.again().await => drop(refused),
                Err(refused) => bail!("{name} by {by} was refused to the last: {refused}"),
            }
        }
    }

    /// Looks again and again until the field is as it should be; says what it waited for.
    pub(super) async fn until(
        &mut self,
        what: &str,
        (by, field, query): (&str, &str, &str),
        is_so: impl Fn(&Value) -> bool,
    ) -> anyhow::Result<Value> {
        let mut look = Look::new();
        loop {
            let value = self.ask(by, field, query).await?;
            if is_so(&value) {
                return Ok(value);
            }
            if !look.again().await {
                bail!("{what}: not so after {} s, but {value}", PATIENCE.as_secs());
            }
        }
    }

    /// An amount as the API takes it.
    pub(super) fn money(&self, amount: &str) -> Value {
        json!({ "amount": amount, "currency": self.scenario.currency })
    }

    /// A text as the golden file writes amounts.
    pub(super) fn shown(&self, minor: i128) -> anyhow::Result<String> {
        Ok(Money::try_new(minor, self.currency)?.to_string())
    }

    pub(super) fn head(&self, word: &str, about: &str) -> Map<String, Value> {
        let mut head = Map::new();
        head.insert("step".to_owned(), self.number.into());
        head.insert("do".to_owned(), word.into());
        head.insert("ref".to_owned(), about.into());
        head
    }

    /// The platform's books as a treasurer sees them.
    pub(super) async fn books(&mut self) -> anyhow::Result<Books> {
        let treasurer = self.somebody("TREASURER")?;
        let query = format!(
            "{{ trialBalance(currency: \"{}\") {{ balanced accounts {{ kind debits {{ minor }} \
             credits {{ minor }} }} }} }}",
            self.scenario.currency
        );
        let balance = self.ask(&treasurer, "trialBalance", &query).await?;
        let mut books = Books::default();
        for account in balance["accounts"].as_array().into_iter().flatten() {
            let kind = text(&account["kind"])?.to_owned();
            let (debits, credits) = (minor(&account["debits"])?, minor(&account["credits"])?);
            books.kinds.insert(kind, debits - credits);
        }
        Ok(books)
    }

    /// What this play's project and people have in one kind of account, on its debit side.
    pub(super) fn since(&self, books: &Books, kind: &str) -> i128 {
        books.of(kind) - self.before.of(kind)
    }

    /// What this play's people have set aside, and what its project has in escrow. Others may use
    /// the platform as well, and moving the time moves their money too.
    pub(super) async fn own(&mut self) -> anyhow::Result<Own> {
        let treasurer = self.somebody("TREASURER")?;
        let currency = self.scenario.currency.clone();
        let (mut query, mut names) = (String::new(), Vec::new());
        for person in self
            .scenario
            .cast
            .iter()
            .filter(|person| person.has_wallet())
        {
            let user = &self.people.get(&person.id)?.user;
            let name = format!("w{}", names.len());
            write!(
                query,
                "{name}: wallet(userId: \"{user}\", currency: \"{currency}\") \
                 {{ held {{ minor }} }} "
            )?;
            names.push(name);
        }
        if !self.project.is_empty() {
            let project = &self.project;
            write!(
                query,
                "escrow(projectId: \"{project}\") {{ capital {{ minor }} proceeds {{ minor }} }}"
            )?;
        }
        let token = self.people.token(&treasurer).await?;
        let data = self.api.ask_all(&token, &format!("{{ {query} }}")).await?;
        let held = names.iter().map(|name| minor(&data[name]["held"]));
        // Without a round there are no accounts yet.
        let escrow = |account: &str| match &data["escrow"] {
            Value::Null => Ok(0),
            escrow => minor(&escrow[account]),
        };
        Ok(Own {
            held: held.sum::<anyhow::Result<_>>()?,
            capital: escrow("capital")?,
            proceeds: escrow("proceeds")?,
        })
    }

    async fn note_balances(&mut self, word: &str, about: &str) -> anyhow::Result<()> {
        let (books, own) = (self.books().await?, self.own().await?);
        let figures = [
            ("held", own.held),
            ("escrow_capital", own.capital),
            ("escrow_proceeds", own.proceeds),
            ("custody_bank", self.since(&books, "CUSTODY_BANK")),
        ];
        let mut row = self.head(word, about);
        for (name, minor) in figures {
            row.insert(name.to_owned(), self.shown(minor)?.into());
        }
        let figures_of = |row: &Map<String, Value>| figures.map(|(name, _)| row[name].clone());
        let last = self.balances.last().and_then(Value::as_object);
        let is_new = match last {
            Some(last) => figures_of(last) != figures_of(&row),
            None => figures.iter().any(|(_, minor)| *minor != 0),
        };
        if is_new {
            self.balances.push(Value::Object(row));
        }
        Ok(())
    }
}

impl Books {
    /// Debits less credits of one kind of account.
    pub fn of(&self, kind: &str) -> i128 {
        self.kinds.get(kind).copied().unwrap_or_default()
    }

    /// Of all accounts together.
    pub fn sum(&self) -> i128 {
        self.kinds.values().sum()
    }
}

/// Patience with a bound: short looks first, then longer ones.
struct Look {
    begun: Instant,
    pause: Duration,
}

impl Look {
    fn new() -> Self {
        Self {
            begun: Instant::now(),
            pause: FIRST_LOOK,
        }
    }

    /// Waits a little; `false` when it was enough.
    async fn again(&mut self) -> bool {
        if self.begun.elapsed() > PATIENCE {
            return false;
        }
        tokio::time::sleep(self.pause).await;
        self.pause = (self.pause * 2).min(LAST_LOOK);
        true
    }
}

/// A text of an answer.
pub fn text(value: &Value) -> anyhow::Result<&str> {
    value
        .as_str()
        .with_context(|| format!("{value} is no text"))
}

/// The minor units of an amount in an answer.
pub fn minor(money: &Value) -> anyhow::Result<i128> {
    whole(&money["minor"])
}

/// A whole number, as a number or as text.
pub fn whole(value: &Value) -> anyhow::Result<i128> {
    let read = match value {
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => number.as_i64().map(i128::from),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    read.with_context(|| format!("{value} is no whole number"))
}
