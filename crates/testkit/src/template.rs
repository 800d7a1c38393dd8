//! The files of a migrated server, made once for all tests of the same migrations: making them
//! takes a processor for seconds, copying them does not.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use pg::cluster::{Binaries, Cluster, ClusterConfig};
use sqlx::migrate::Migrator;

/// Puts a migrated server's files where [`server`] finds them.
pub(crate) async fn copy(
    service: &'static str,
    database: &str,
    lists: &[&Migrator],
    folder: &Path,
) {
    let template = folder_for(service, lists);
    if !template.exists() {
        let lock = File::create(template.with_extension("lock")).expect("a lock file");
        lock.lock().expect("one test at a time makes it");
        if !template.exists() {
            make(service, database, lists, &template).await;
        }
    }
    copy_files(&template, &folder.join("pg"));
}

/// Starts the server of a test's folder.
pub(crate) async fn server(folder: &Path) -> Cluster {
    let started = Cluster::start(ClusterConfig::new(folder.join("pg"))).await;
    started.expect("a private server (PostgreSQL 15+ must be installed)")
}

async fn make(service: &'static str, database: &str, lists: &[&Migrator], template: &Path) {
    let draft = tempfile::tempdir().expect("a temporary folder");
    let cluster = server(draft.path()).await;
    let superuser = cluster.connect_options("postgres", cluster.superuser());
    let provisioned = pg::provision(&superuser, service, database).await;
    provisioned.expect("roles and a database");
    let migrated = pg::migrate(&superuser, service, database, lists).await;
    migrated.expect("migrations");
    cluster.stop().await.expect("a clean end");
    let unfinished = template.with_extension("new");
    fs::remove_dir_all(&unfinished).ok();
    copy_files(&draft.path().join("pg"), &unfinished);
    fs::rename(&unfinished, template).expect("a template");
}

/// Beside the test programs, named after everything that its contents depend on.
fn folder_for(service: &str, lists: &[&Migrator]) -> PathBuf {
    let program = std::env::current_exe().expect("the test program's path");
    let folder = program.ancestors().nth(2).expect("target/<profile>/deps");
    let folder = folder.join("test-servers");
    fs::create_dir_all(&folder).expect("a folder for templates");
    let found = Binaries::installed(None);
    let binaries = found.expect("PostgreSQL 15+ must be installed");
    let mut hasher = DefaultHasher::new();
    (service, binaries.bin()).hash(&mut hasher);
    for migration in lists.iter().flat_map(|list| list.iter()) {
        (migration.version, &migration.checksum).hash(&mut hasher);
    }
    folder.join(format!("{service}-{:016x}", hasher.finish()))
}

/// With owners and rights: as root the server's files are another user's.
fn copy_files(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("-a").arg(from).arg(to).status();
    assert!(copied.expect("cp runs").success(), "the files are copied");
}
