//! The book: accounts and transfers, and the commands that change them.

use std::collections::BTreeMap;

use ids::{AccountId, TransferId};
use money::Money;

use crate::account::Change;
use crate::command::{Command, Outcome, PendingState, Phase, Transfer, TransferKind};
use crate::refusal::{LinkedRefusal, Refusal};
use crate::repeat::compare;
use crate::{Account, Side};

/// A book, or the part of one that the commands at hand touch: the accounts, the pending transfers
/// that are settled, and the transfers that were booked before under the commands' ids.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ledger {
    accounts: BTreeMap<AccountId, Kept<Account>>,
    transfers: BTreeMap<TransferId, Kept<Transfer>>,
    created: Vec<TransferId>,
}

/// A thing of the book, and where it stands against what was loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Kept<T> {
    now: T,
    mark: Mark,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Loaded,
    Changed,
    Created,
}

impl<T> Kept<T> {
    const fn loaded(now: T) -> Self {
        let mark = Mark::Loaded;
        Self { now, mark }
    }
}

/// What a service has to store, in one transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// The accounts whose sums changed, by id.
    pub accounts: Vec<Account>,
    /// The new transfers, in the order of their booking.
    pub created: Vec<Transfer>,
    /// The pending transfers of before that were posted, voided or expired, by id.
    pub settled: Vec<Transfer>,
}

/// What a command does to the book.
struct Booking {
    transfer: Transfer,
    /// The pending transfer that it settles, as it is afterwards.
    settled: Option<Transfer>,
    change: Change,
}

/// What stood in the book before a booking.
struct Before {
    accounts: [Kept<Account>; 2],
    pending: Option<Kept<Transfer>>,
    created: TransferId,
}

impl Ledger {
    /// Takes what was loaded.
    pub fn load(
        accounts: impl IntoIterator<Item = Account>,
        transfers: impl IntoIterator<Item = Transfer>,
    ) -> Self {
        let accounts = accounts.into_iter().map(|a| (a.id, Kept::loaded(a)));
        let transfers = transfers.into_iter().map(|t| (t.id, Kept::loaded(t)));
        Self {
            accounts: accounts.collect(),
            transfers: transfers.collect(),
            created: Vec::new(),
        }
    }

    /// Books one command, or refuses it and leaves everything as it was.
    pub fn execute(&mut self, command: &Command) -> Result<Outcome, Refusal> {
        Ok(match self.book(command)? {
            Some(_) => Outcome::Created,
            None => Outcome::Exists,
        })
    }

    /// Books all of the commands or none. A batch that was booked before is answered `Exists`.
    pub fn execute_linked(&mut self, commands: &[Command]) -> Result<Outcome, LinkedRefusal> {
        let mut done: Vec<Before> = Vec::with_capacity(commands.len());
        for (index, command) in commands.iter().enumerate() {
            let refusal = match self.book(command) {
                Ok(Some(before)) if done.len() == index => {
                    done.push(before);
                    continue;
                }
                Ok(None) if done.is_empty() => continue,
                Ok(Some(before)) => {
                    done.push(before);
                    Refusal::LinkedPartlyExists
                }
                Ok(None) => Refusal::LinkedPartlyExists,
                Err(refusal) => refusal,
            };
            done.into_iter().rev().for_each(|before| self.undo(before));
            return Err(LinkedRefusal { index, refusal });
        }
        Ok(if done.is_empty() {
            Outcome::Exists
        } else {
            Outcome::Created
        })
    }

    /// An account as it is now.
    pub fn account(&self, id: AccountId) -> Option<&Account> {
        self.accounts.get(&id).map(|kept| &kept.now)
    }

    /// A transfer as it is now.
    pub fn transfer(&self, id: TransferId) -> Option<&Transfer> {
        self.transfers.get(&id).map(|kept| &kept.now)
    }

    /// All accounts, by id.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.accounts.values().map(|kept| &kept.now)
    }

    /// What differs from what was loaded.
    pub fn changes(&self) -> Changes {
        let accounts = self
            .accounts
            .values()
            .filter(|kept| kept.mark == Mark::Changed);
        let transfers = self.transfers.values();
        let settled = transfers.filter(|kept| kept.mark == Mark::Changed);
        Changes {
            accounts: accounts.map(|kept| kept.now).collect(),
            created: self
                .created
                .iter()
                .filter_map(|id| self.transfer(*id).copied())
                .collect(),
            settled: settled.map(|kept| kept.now).collect(),
        }
    }

    /// None when the command was booked before.
    fn book(&mut self, command: &Command) -> Result<Option<Before>, Refusal> {
        if let Some(existing) = self.transfer(command.id()) {
            let held = match existing.kind {
                TransferKind::PostPending(pending) => self.transfer(pending),
                TransferKind::Posted
                | TransferKind::Pending(_)
                | TransferKind::VoidPending(_)
                | TransferKind::ExpirePending(_) => None,
            };
            return compare(command, existing, held).map(|()| None);
        }
        let booking = self.plan(command)?;
        let transfer = booking.transfer;
        let accounts = [self.kept(transfer.debit)?, self.kept(transfer.credit)?];
        let [mut debit, mut credit] = accounts;
        debit.now.book(Side::Debit, booking.change)?;
        credit.now.book(Side::Credit, booking.change)?;
        for account in [debit, credit] {
            let changed = Kept {
                mark: Mark::Changed,
                ..account
            };
            self.accounts.insert(account.now.id, changed);
        }
        let pending = booking.settled.and_then(|settled| self.settle(settled));
        let new = Kept {
            now: transfer,
            mark: Mark::Created,
        };
        self.transfers.insert(transfer.id, new);
        self.created.push(transfer.id);
        Ok(Some(Before {
            accounts,
            pending,
            created: transfer.id,
        }))
    }

    /// Stores the new state of a pending transfer; one that was created here stays a created one.
    fn settle(&mut self, settled: Transfer) -> Option<Kept<Transfer>> {
        let kept = self.transfers.get_mut(&settled.id)?;
        let before = *kept;
        kept.now = settled;
        if kept.mark == Mark::Loaded {
            kept.mark = Mark::Changed;
        }
        Some(before)
    }

    fn undo(&mut self, before: Before) {
        for account in before.accounts {
            self.accounts.insert(account.now.id, account);
        }
        if let Some(pending) = before.pending {
            self.transfers.insert(pending.now.id, pending);
        }
        self.transfers.remove(&before.created);
        self.created.pop();
    }

    fn plan(&self, command: &Command) -> Result<Booking, Refusal> {
        match *command {
            Command::Transfer {
                id,
                debit,
                credit,
                amount_minor,
                currency,
                phase,
            } => {
                let (kind, change) = match phase {
                    Phase::Posted => (TransferKind::Posted, posts(amount_minor)),
                    Phase::Pending => (
                        TransferKind::Pending(PendingState::Open),
                        holds(amount_minor),
                    ),
                };
                let transfer = Transfer {
                    id,
                    debit,
                    credit,
                    amount_minor,
                    currency,
                    kind,
                };
                self.check(&transfer)?;
                Ok(Booking {
                    transfer,
                    settled: None,
                    change,
                })
            }
            Command::PostPending {
                id,
                pending,
                amount_minor,
            } => {
                let held = self.open(pending)?;
                let amount = amount_minor.unwrap_or(held.amount_minor);
                if amount <= 0 {
                    return Err(Refusal::AmountMustBePositive);
                }
                if amount > held.amount_minor {
                    return Err(Refusal::ExceedsPendingTransferAmount(pending));
                }
                let kind = TransferKind::PostPending(pending);
                Ok(settling(id, held, amount, kind, PendingState::Posted))
            }
            Command::VoidPending { id, pending } => {
                let held = self.open(pending)?;
                let kind = TransferKind::VoidPending(pending);
                Ok(settling(id, held, 0, kind, PendingState::Voided))
            }
            Command::ExpirePending { id, pending } => {
                let held = self.open(pending)?;
                let kind = TransferKind::ExpirePending(pending);
                Ok(settling(id, held, 0, kind, PendingState::Expired))
            }
        }
    }

    fn check(&self, transfer: &Transfer) -> Result<(), Refusal> {
        if transfer.amount_minor <= 0 {
            return Err(Refusal::AmountMustBePositive);
        }
        if transfer.amount_minor > Money::MAX_MINOR {
            return Err(Refusal::Overflow);
        }
        if transfer.debit == transfer.credit {
            return Err(Refusal::SameAccounts);
        }
        for id in [transfer.debit, transfer.credit] {
            if self.kept(id)?.now.currency != transfer.currency {
                return Err(Refusal::CurrencyMismatch(id));
            }
        }
        Ok(())
    }

    /// The pending transfer, when it is still open.
    fn open(&self, id: TransferId) -> Result<Transfer, Refusal> {
        let transfer = self.transfer(id);
        let transfer = *transfer.ok_or(Refusal::PendingTransferNotFound(id))?;
        match transfer.kind {
            TransferKind::Pending(PendingState::Open) => Ok(transfer),
            TransferKind::Pending(PendingState::Posted) => {
                Err(Refusal::PendingTransferAlreadyPosted(id))
            }
            TransferKind::Pending(PendingState::Voided) => {
                Err(Refusal::PendingTransferAlreadyVoided(id))
            }
            TransferKind::Pending(PendingState::Expired) => {
                Err(Refusal::PendingTransferExpired(id))
            }
            TransferKind::Posted
            | TransferKind::PostPending(_)
            | TransferKind::VoidPending(_)
            | TransferKind::ExpirePending(_) => Err(Refusal::PendingTransferNotPending(id)),
        }
    }

    fn kept(&self, id: AccountId) -> Result<Kept<Account>, Refusal> {
        let kept = self.accounts.get(&id).copied();
        kept.ok_or(Refusal::AccountNotFound(id))
    }
}

const fn posts(amount_minor: i64) -> Change {
    Change {
        posted: amount_minor,
        pending: 0,
    }
}

const fn holds(amount_minor: i64) -> Change {
    Change {
        posted: 0,
        pending: amount_minor,
    }
}

/// The end of a hold: all of it is released, `posted` of it moves.
fn settling(
    id: TransferId,
    held: Transfer,
    posted: i64,
    kind: TransferKind,
    state: PendingState,
) -> Booking {
    let amount_minor = if posted > 0 {
        posted
    } else {
        held.amount_minor
    };
    Booking {
        transfer: Transfer {
            id,
            amount_minor,
            kind,
            ..held
        },
        settled: Some(Transfer {
            kind: TransferKind::Pending(state),
            ..held
        }),
        change: Change {
            posted,
            pending: -held.amount_minor,
        },
    }
}
