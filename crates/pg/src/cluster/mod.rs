//! A private PostgreSQL server in a data folder of our own: made on the first start, reachable by
//! a unix socket only, durable (`fsync` cannot be switched off), never left behind as an orphan.
//!
//! Three things keep it from outliving its owner:
//! * [`Cluster::stop`] (or dropping the [`Cluster`]) shuts the server down and waits for it;
//! * when the owner is killed, even with SIGKILL, a watcher that holds the read end of a pipe from
//!   the owner sees the pipe close and sends the server SIGINT;
//! * when the watcher was killed too, the next start finds the leftover server and stops it first.
//!
//! The data folder holds `pgdata/`, `socket/`, `postgres.log` and `owner.lock`.

mod binaries;
mod error;
mod folder;
mod leftover;
mod log;
mod server;
mod watched;

pub use binaries::Binaries;
pub use error::ClusterError;
pub use server::{Cluster, ClusterConfig, SUPERUSER};
