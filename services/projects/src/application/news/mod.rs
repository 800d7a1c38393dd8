//! The use cases of news: the shipment's steps, the owner's updates, questions and answers.

pub mod answer_question;
pub mod ask_question;
pub mod hide_question;
pub mod ports;
pub mod post_update;
pub mod read;
pub mod record_milestone;
