//! Double entry: what may be posted, and what it does to the accounts (domain.md §7).
//!
//! Pure rules. A service loads the accounts and transfers that its commands touch into a
//! [`Ledger`], executes the commands, and stores the [`Changes`]. The same id with the same content
//! is answered with [`Outcome::Exists`], with other content it is refused. There are no timers: a
//! pending transfer expires when somebody says so.
//!
//! ```text
//! pending --post (all or part)--> posted      what is not posted is released
//!         --void----------------> voided
//!         --expire--------------> expired
//! ```

mod account;
mod book;
mod command;
mod refusal;
mod repeat;
mod trial_balance;

pub use account::{Account, Constraint, Side};
pub use book::{Changes, Ledger};
pub use command::{Command, Outcome, PendingState, Phase, Transfer, TransferKind};
pub use refusal::{Field, LinkedRefusal, Refusal};
pub use trial_balance::{Totals, Unbalanced, trial_balance};
