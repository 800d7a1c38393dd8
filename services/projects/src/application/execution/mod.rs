//! The use cases of execution: goods arrive and leave, and the project is completed.

pub mod agree_stock_closure;
pub mod confirm_completion;
pub mod declare_completion;
pub mod hand_over_goods;
pub mod ports;
pub mod proceeds_matched;
pub mod propose_buy_back;
pub mod propose_write_off;
pub mod record_goods_received;
pub mod report_sale;

mod step;

pub use step::ExecutionError;
