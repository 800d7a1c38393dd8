//! Goods in execution, from their count to the completion (domain.md §2, §5 "Goods").

mod closure;
mod completion;
mod count;
mod goods;
mod hand_over;
mod refusal;
mod sale;
mod stock;

pub use closure::{Closure, ClosureKind, ClosureWord, SecondPerson};
pub use completion::Open;
pub use count::{Count, Counted};
pub use goods::Goods;
#[cfg(test)]
pub(super) use goods::tests::project as executed;
pub use hand_over::Allotment;
pub use refusal::ExecutionRefusal;
pub use sale::{Sale, SaleLine};
pub use stock::{Outflow, Stock};
