//! The life of a project through its door and through the events of other services, on a real
//! database.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod at_once;
mod clock_moves;
mod collection;
mod every_state;
mod flags;
mod goods_race;
mod goods_refusals;
mod goods_stage;
mod goods_story;
mod information;
mod news;
mod overtaking;
mod reading;
mod record;
mod refusals;
mod stage;
mod story;
