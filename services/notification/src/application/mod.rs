//! The use cases: one file each.

pub mod inbox;
pub mod learn;
pub mod mark_all_read;
pub mod mark_read;
pub mod notify;
pub mod ports;
pub mod preferences;
pub mod send_mail;

use std::sync::Arc;

use ports::{Addresses, Post, Store};

/// What every use case needs.
#[derive(Clone)]
pub struct App {
    /// The units of work.
    pub store: Arc<dyn Store>,
    /// Where people can be written to.
    pub addresses: Arc<dyn Addresses>,
    /// How a letter goes out.
    pub post: Arc<dyn Post>,
}
