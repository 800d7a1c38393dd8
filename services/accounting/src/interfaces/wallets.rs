//! Deposits, wallets and payouts: translate, call one use case, translate back.

use authz::Actor;
use contracts::accounting as pb;
use ids::PayoutId;
use link::{fault, malformed, refuse};
use money::Currency;
use time::Duration;
use tonic::{Code, Status};

use super::convert::{amount, booking, forbidden, minor, refused, unusable, wire};
use crate::application::agree_payout::agree_payout as agree;
use crate::application::book_deposit::{BookDeposit, book_deposit as book};
use crate::application::confirm_payout::confirm_payout as confirm;
use crate::application::fail_payout::fail_payout as fail;
use crate::application::match_deposit::match_deposit as match_to;
use crate::application::ports::{
    EntriesPage, QueuedPayout, Statement, Unmatched, WalletEntry, WalletView,
};
use crate::application::request_payout::request_payout as request;
use crate::application::return_deposit::{ReturnDeposit, return_deposit as give_back};
use crate::application::set_payout_account::set_payout_account as set_account;
use crate::application::{App, DepositError, PayoutError, book_queries};
use crate::domain::{BankAccount, Deposit, Payout, PayoutAccount, PayoutRefusal};

/// A year, whichever it is.
const LONGEST_PERIOD: Duration = Duration::days(366);

pub(super) async fn book_deposit(
    app: &App,
    actor: &Actor,
    asked: pb::BookDepositRequest,
) -> Result<pb::BookDepositReply, Status> {
    let pb::BookDepositRequest {
        idempotency_key,
        user_id,
        amount: given,
        bank_reference,
    } = asked;
    let user = link::read(&user_id, "user_id")?;
    let amount = amount(given, "amount")?;
    let cmd = BookDeposit {
        user: Some(user),
        amount,
        bank_reference,
        note: String::new(),
    };
    let transfer = book(&*app.store, actor, idempotency_key, cmd).await?;
    let currency = amount.currency();
    let wallet = book_queries::wallet(app, actor, Some(user), currency).await;
    let wallet = wallet.map_err(|err| fault(&err))?;
    Ok(pb::BookDepositReply {
        transfer_id: transfer.to_string(),
        balance: wallet.and_then(|wallet| minor(wallet.balance_minor, currency)),
    })
}

pub(super) async fn book_unmatched_deposit(
    app: &App,
    actor: &Actor,
    asked: pb::BookUnmatchedDepositRequest,
) -> Result<pb::DepositReply, Status> {
    let pb::BookUnmatchedDepositRequest {
        idempotency_key,
        amount: given,
        bank_reference,
        note,
    } = asked;
    let cmd = BookDeposit {
        user: None,
        amount: amount(given, "amount")?,
        bank_reference,
        note,
    };
    let id = book(&*app.store, actor, idempotency_key, cmd).await?;
    let found = book_queries::deposit(app, actor, id).await;
    let found = found.map_err(|err| fault(&err))?;
    let booked = found.ok_or(DepositError::NoSuchDeposit(id))?;
    Ok(deposit_reply(booked))
}

pub(super) async fn match_deposit(
    app: &App,
    actor: &Actor,
    asked: pb::MatchDepositRequest,
) -> Result<pb::DepositReply, Status> {
    let pb::MatchDepositRequest {
        idempotency_key,
        transfer_id,
        user_id,
    } = asked;
    let id = link::read(&transfer_id, "transfer_id")?;
    let user = link::read(&user_id, "user_id")?;
    let matched = match_to(&*app.store, actor, idempotency_key, (id, user)).await?;
    Ok(deposit_reply(matched))
}

pub(super) async fn return_deposit(
    app: &App,
    actor: &Actor,
    asked: pb::ReturnDepositRequest,
) -> Result<pb::DepositReply, Status> {
    let pb::ReturnDepositRequest {
        idempotency_key,
        transfer_id,
        reason,
        bank_reference,
    } = asked;
    let cmd = ReturnDeposit {
        deposit: link::read(&transfer_id, "transfer_id")?,
        reason,
        bank_reference,
    };
    let returned = give_back(&*app.store, actor, idempotency_key, cmd).await?;
    Ok(deposit_reply(returned))
}

pub(super) async fn suspense(
    app: &App,
    actor: &Actor,
    asked: pb::SuspenseRequest,
) -> Result<pb::SuspenseReply, Status> {
    let pb::SuspenseRequest {} = asked;
    let waiting = book_queries::suspense(app, actor).await;
    let waiting = waiting.map_err(|err| fault(&err))?;
    let shown = |Unmatched { deposit: one, at }| pb::Deposit {
        at: clock::to_text(at),
        ..deposit(one)
    };
    Ok(pb::SuspenseReply {
        deposits: waiting.into_iter().map(shown).collect(),
    })
}

pub(super) async fn wallet(
    app: &App,
    actor: &Actor,
    asked: pb::WalletRequest,
) -> Result<pb::WalletReply, Status> {
    let pb::WalletRequest { user_id, currency } = asked;
    let of = optional(&user_id, "user_id")?;
    let currency = link::read(&currency, "currency")?;
    let wallet = book_queries::wallet(app, actor, of, currency).await;
    let wallet = wallet.map_err(|err| fault(&err))?;
    let wallet = wallet.ok_or_else(not_yours)?;
    let WalletView {
        balance_minor,
        held_minor,
        blocked,
    } = wallet;
    Ok(pb::WalletReply {
        balance: minor(balance_minor, currency),
        held: minor(held_minor, currency),
        available: minor(balance_minor - held_minor, currency),
        blocked,
    })
}

pub(super) async fn wallet_entries(
    app: &App,
    actor: &Actor,
    asked: pb::WalletEntriesRequest,
) -> Result<pb::WalletEntriesReply, Status> {
    let pb::WalletEntriesRequest {
        user_id,
        currency,
        kind,
        project_id,
        first,
        after,
    } = asked;
    if !(1..=100).contains(&first) {
        return Err(malformed("first"));
    }
    let page = EntriesPage {
        purpose: optional(&kind, "kind")?,
        project: optional(&project_id, "project_id")?,
        first: i64::from(first) + 1,
        after: optional(&after, "after")?,
    };
    let read = page.first;
    let currency = link::read(&currency, "currency")?;
    let wallet = (optional(&user_id, "user_id")?, currency);
    let found = book_queries::wallet_entries(app, actor, wallet, page).await;
    let mut entries = found.map_err(|err| fault(&err))?.ok_or_else(not_yours)?;
    let next = link::next(&mut entries, read, |one| one.transfer.to_string());
    Ok(pb::WalletEntriesReply {
        next,
        entries: entries
            .into_iter()
            .map(|one| entry(one, currency))
            .collect(),
    })
}

pub(super) async fn wallet_statement(
    app: &App,
    actor: &Actor,
    asked: pb::WalletStatementRequest,
) -> Result<pb::WalletStatementReply, Status> {
    let pb::WalletStatementRequest {
        user_id,
        currency,
        from,
        to,
    } = asked;
    let moment = |text: &str, field| clock::from_text(text).ok_or_else(|| malformed(field));
    let period = (moment(&from, "from")?, moment(&to, "to")?);
    if period.1 <= period.0 || period.1 - period.0 > LONGEST_PERIOD {
        return Err(malformed("to"));
    }
    let currency = link::read(&currency, "currency")?;
    let wallet = (optional(&user_id, "user_id")?, currency);
    let found = book_queries::statement(app, actor, wallet, period).await;
    let found = found.map_err(|err| fault(&err))?;
    let Statement {
        opening_minor,
        entries,
    } = found.ok_or_else(not_yours)?;
    let moved: i64 = entries.iter().map(|one| one.amount_minor).sum();
    Ok(pb::WalletStatementReply {
        opening: minor(opening_minor, currency),
        entries: entries
            .into_iter()
            .map(|one| entry(one, currency))
            .collect(),
        closing: minor(opening_minor + moved, currency),
    })
}

pub(super) async fn set_payout_account(
    app: &App,
    actor: &Actor,
    asked: pb::SetPayoutAccountRequest,
) -> Result<pb::PayoutAccountReply, Status> {
    let pb::SetPayoutAccountRequest {
        idempotency_key,
        country,
        number,
    } = asked;
    let set = set_account(app, actor, idempotency_key, (country, number)).await?;
    Ok(account_reply(Some(set)))
}

pub(super) async fn payout_account(
    app: &App,
    actor: &Actor,
    asked: pb::PayoutAccountRequest,
) -> Result<pb::PayoutAccountReply, Status> {
    let pb::PayoutAccountRequest {} = asked;
    let found = book_queries::payout_account(app, actor).await;
    Ok(account_reply(found.map_err(|err| fault(&err))?))
}

pub(super) async fn request_payout(
    app: &App,
    actor: &Actor,
    asked: pb::RequestPayoutRequest,
) -> Result<pb::PayoutReply, Status> {
    let pb::RequestPayoutRequest {
        idempotency_key,
        amount: given,
    } = asked;
    let amount = amount(given, "amount")?;
    let id = request(app, actor, idempotency_key, amount).await?;
    payout(app, actor, id).await
}

pub(super) async fn agree_payout(
    app: &App,
    actor: &Actor,
    asked: pb::AgreePayoutRequest,
) -> Result<pb::PayoutReply, Status> {
    let pb::AgreePayoutRequest {
        idempotency_key,
        payout_id,
    } = asked;
    let id = link::read(&payout_id, "payout_id")?;
    let id = agree(app, actor, idempotency_key, id).await?;
    payout(app, actor, id).await
}

pub(super) async fn confirm_payout(
    app: &App,
    actor: &Actor,
    asked: pb::ConfirmPayoutRequest,
) -> Result<pb::PayoutReply, Status> {
    let pb::ConfirmPayoutRequest {
        idempotency_key,
        payout_id,
        bank_reference,
    } = asked;
    let id = link::read(&payout_id, "payout_id")?;
    let id = confirm(app, actor, idempotency_key, (id, bank_reference)).await?;
    payout(app, actor, id).await
}

pub(super) async fn fail_payout(
    app: &App,
    actor: &Actor,
    asked: pb::FailPayoutRequest,
) -> Result<pb::PayoutReply, Status> {
    let pb::FailPayoutRequest {
        idempotency_key,
        payout_id,
        reason,
    } = asked;
    let id = link::read(&payout_id, "payout_id")?;
    let id = fail(app, actor, idempotency_key, (id, reason)).await?;
    payout(app, actor, id).await
}

pub(super) async fn payout_queue(
    app: &App,
    actor: &Actor,
    asked: pb::PayoutQueueRequest,
) -> Result<pb::PayoutQueueReply, Status> {
    let pb::PayoutQueueRequest {} = asked;
    let queue = book_queries::payout_queue(app, actor).await;
    let queue = queue.map_err(|err| fault(&err))?;
    Ok(pb::PayoutQueueReply {
        payouts: queue.into_iter().map(queued).collect(),
    })
}

async fn payout(app: &App, actor: &Actor, id: PayoutId) -> Result<pb::PayoutReply, Status> {
    let found = book_queries::payout(app, actor, id).await;
    let found = found.map_err(|err| fault(&err))?;
    let payout = Some(queued(found.ok_or_else(no_such_payout)?));
    Ok(pb::PayoutReply { payout })
}

fn deposit_reply(one: Deposit) -> pb::DepositReply {
    let deposit = Some(deposit(one));
    pb::DepositReply { deposit }
}

fn deposit(one: Deposit) -> pb::Deposit {
    let Deposit {
        id,
        user,
        amount,
        bank_reference,
        note,
        booked_by: _,
        returned,
    } = one;
    pb::Deposit {
        transfer_id: id.to_string(),
        amount: wire(amount),
        user_id: user.map(|user| user.to_string()).unwrap_or_default(),
        bank_reference,
        note,
        returned,
        at: String::new(),
    }
}

fn account_reply(set: Option<PayoutAccount>) -> pb::PayoutAccountReply {
    let account = |set: PayoutAccount| {
        let PayoutAccount {
            account,
            usable_from,
        } = set;
        let masked = account.masked();
        let BankAccount {
            country,
            scheme,
            number: _,
        } = account;
        pb::PayoutAccount {
            country,
            scheme: scheme.to_string(),
            masked,
            usable_from: clock::to_text(usable_from),
        }
    };
    pb::PayoutAccountReply {
        account: set.map(account),
    }
}

fn entry(entry: WalletEntry, currency: Currency) -> pb::WalletEntry {
    let WalletEntry {
        transfer,
        purpose,
        amount_minor,
        phase,
        at,
        project,
    } = entry;
    pb::WalletEntry {
        transfer_id: transfer.to_string(),
        kind: purpose.to_string(),
        amount: minor(amount_minor, currency),
        phase: phase.to_string(),
        at: clock::to_text(at),
        project_id: project.map(|id| id.to_string()).unwrap_or_default(),
    }
}

fn queued(queued: QueuedPayout) -> pb::Payout {
    let QueuedPayout {
        payout,
        requested_at,
    } = queued;
    let Payout {
        id,
        user,
        amount,
        bank_account,
        state,
        needs_agreement,
        agreed_by: _,
        failure,
    } = payout;
    pb::Payout {
        payout_id: id.to_string(),
        user_id: user.to_string(),
        amount: wire(amount),
        state: state.to_string(),
        bank_account,
        requested_at: clock::to_text(requested_at),
        needs_agreement,
        failure: failure.unwrap_or_default(),
    }
}

/// What is not given does not matter.
fn optional<T: std::str::FromStr>(text: &str, field: &str) -> Result<Option<T>, Status> {
    match text {
        "" => Ok(None),
        text => link::read(text, field).map(Some),
    }
}

fn not_yours() -> Status {
    forbidden("this wallet is not yours to read")
}

fn no_such_payout() -> Status {
    refuse(Code::NotFound, "no_such_payout", "there is no such payout")
}

impl From<DepositError> for Status {
    fn from(err: DepositError) -> Self {
        match err {
            DepositError::Forbidden => forbidden(err),
            DepositError::NoReference => refused("no_bank_reference", err, &[]),
            DepositError::ReferenceUsed => refused("bank_reference_used", err, &[]),
            DepositError::NoSuchUser(_) => refuse(Code::NotFound, "no_such_user", err),
            DepositError::NoSuchDeposit(_) => refuse(Code::NotFound, "no_such_deposit", err),
            DepositError::Note(unfit) => malformed(unfit.field),
            DepositError::Key(key) => unusable(&key),
            DepositError::Refused(refusal) => refused(refusal.code(), refusal, &[]),
            DepositError::Booking(refusal) => booking(refusal),
            DepositError::Store(err) => fault(&err),
        }
    }
}

impl From<PayoutError> for Status {
    fn from(err: PayoutError) -> Self {
        match err {
            PayoutError::Forbidden => forbidden(err),
            PayoutError::NoSuchPayout(_) => no_such_payout(),
            PayoutError::NoReference => refused("no_bank_reference", err, &[]),
            PayoutError::ReferenceUsed => refused("bank_reference_used", err, &[]),
            PayoutError::Key(key) => unusable(&key),
            PayoutError::Refused(refusal) => {
                let args = match &refusal {
                    PayoutRefusal::AccountPaused { until } => {
                        vec![("until", clock::to_text(*until))]
                    }
                    _ => Vec::new(),
                };
                refused(refusal.code(), &refusal, &args)
            }
            PayoutError::Booking(refusal) => booking(refusal),
            PayoutError::Store(err) => fault(&err),
        }
    }
}
