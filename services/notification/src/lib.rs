//! Notification: which event tells what to whom, in the reader's language.

pub mod application;
pub mod domain;
