//! The platform, in one process over a private PostgreSQL or part by part: the same services, the
//! same doors, linked without a socket where they stand together.

mod databases;
mod folder;
mod http;
mod peers;
mod people;
mod running;
mod services;

pub use databases::{Databases, migrator, unusable};
pub use folder::DataFolder;
pub use peers::{PROGRAMS, Peers, parts};
pub use people::{DEMO_PASSWORD, DEMO_PEOPLE, demo_totp, email};
pub use running::Platform;
pub use services::{CLIENT, REDIRECT, verifications};
