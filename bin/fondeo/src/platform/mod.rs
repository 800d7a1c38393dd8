//! The platform in one process: a private PostgreSQL, the services linked without a socket, and
//! one listener.

mod databases;
mod folder;
mod http;
mod people;
mod running;
mod services;

pub use databases::Databases;
pub use folder::DataFolder;
pub use people::{DEMO_PASSWORD, DEMO_PEOPLE, email};
pub use running::Platform;
pub use services::{CLIENT, REDIRECT, verifications};
