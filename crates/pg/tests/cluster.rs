//! The private server: it starts, keeps what it was told, ends with its owner, and refuses clearly.
#![expect(clippy::unwrap_used, reason = "in a test, a surprise is a failure")]

use std::fs;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use pg::cluster::{Cluster, ClusterConfig, ClusterError};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tempfile::TempDir;

/// Set for a copy of this program that only owns a cluster, until it is killed.
const OWNED: &str = "CLUSTER_TEST_OWNED_FOLDER";

async fn start(folder: &TempDir) -> Result<Cluster, ClusterError> {
    Cluster::start(ClusterConfig::new(folder.path())).await
}

async fn connect(cluster: &Cluster) -> PgConnection {
    let options = cluster.connect_options("postgres", cluster.superuser());
    PgConnection::connect_with(&options).await.unwrap()
}

async fn ask(cluster: &Cluster, query: &str) -> String {
    let mut connection = connect(cluster).await;
    let answer = sqlx::query_scalar(AssertSqlSafe(query))
        .fetch_one(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    answer
}

async fn write_down(cluster: &Cluster) {
    let mut connection = connect(cluster).await;
    sqlx::query("CREATE TABLE t AS SELECT 42 AS n")
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
}

async fn read_back(cluster: &Cluster) -> String {
    ask(cluster, "SELECT n::text FROM t").await
}

/// A zombie has no working directory any more.
fn runs(pid: u32) -> bool {
    fs::read_link(format!("/proc/{pid}/cwd")).is_ok()
}

fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "not in time: {what}"
        );
        sleep(Duration::from_millis(10));
    }
}

fn kill(pid: u32) {
    let pid = nix::unistd::Pid::from_raw(pid.try_into().unwrap());
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGKILL).unwrap();
}

/// Another process that starts a cluster in the folder; returns it with the line that it said.
fn owner(folder: &Path, bindir: Option<&str>) -> (Child, String) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "owner_process", "--nocapture"])
        .env(OWNED, folder);
    command.envs(bindir.map(|bindir| ("PG_BINDIR", bindir)));
    let mut owner = command
        .stdout(Stdio::piped())
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut said, mut byte) = (String::new(), [0]);
    let out = owner.stdout.as_mut().unwrap();
    while !said.ends_with(";;") && out.read(&mut byte).unwrap() == 1 {
        said.push(char::from(byte[0]));
    }
    let said = said
        .rsplit("says ")
        .next()
        .unwrap()
        .trim_end_matches(";;")
        .to_owned();
    (owner, said)
}

/// Not a test: what `owner` runs.
#[tokio::test]
async fn owner_process() {
    let Some(folder) = std::env::vars_os().find(|(name, _)| name == OWNED) else {
        return;
    };
    match Cluster::start(ClusterConfig::new(folder.1)).await {
        Ok(cluster) => {
            write_down(&cluster).await;
            println!("says {};;", cluster.pid());
            let _until_killed = std::io::stdin().read(&mut [0]);
        }
        Err(error) => println!("says {}: {error};;", error.code()),
    }
}

/// The watcher: the shell in the server's process group.
fn watcher_of(server: u32) -> u32 {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let mut pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.find(|pid: &u32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let (name, rest) = stat.rsplit_once(") ").unwrap_or_default();
        *pid != server
            && !name.ends_with("(postgres")
            && rest.split(' ').nth(2) == Some(&server.to_string())
    })
    .expect("a watcher")
}

#[tokio::test]
async fn what_was_written_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let first = start(&folder).await.unwrap();
    let pid = first.pid();
    write_down(&first).await;
    first.stop().await.unwrap();
    assert!(!runs(pid));

    let begun = Instant::now();
    let second = start(&folder).await.unwrap();
    println!("restarted in {:?}", begun.elapsed());
    assert_eq!(read_back(&second).await, "42");
    second.stop().await.unwrap();
}

#[tokio::test]
async fn the_server_is_durable_and_listens_to_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    // What somebody wrote into the folder's own file does not weaken the server.
    start(&folder).await.unwrap().stop().await.unwrap();
    let file = folder.path().join("pgdata/postgresql.auto.conf");
    fs::write(
        file,
        "fsync = off\nsynchronous_commit = off\nlisten_addresses = '*'\n",
    )
    .unwrap();

    let cluster = start(&folder).await.unwrap();
    for (setting, value) in [
        ("fsync", "on"),
        ("full_page_writes", "on"),
        ("synchronous_commit", "on"),
        ("data_checksums", "on"),
        ("server_encoding", "UTF8"),
        ("listen_addresses", ""),
        ("TimeZone", "UTC"),
    ] {
        assert_eq!(
            ask(&cluster, &format!("SHOW {setting}")).await,
            value,
            "{setting}"
        );
    }
    cluster.stop().await.unwrap();

    let mut config = ClusterConfig::new(folder.path());
    config.extra = vec![("Fsync".to_owned(), "off".to_owned())];
    let refused = Cluster::start(config).await.unwrap_err();
    assert_eq!(refused.code(), "fixed_setting");
}

#[tokio::test]
async fn further_settings_are_taken() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = ClusterConfig::new(folder.path());
    config.extra = vec![("max_connections".to_owned(), "33".to_owned())];
    let cluster = Cluster::start(config.clone()).await.unwrap();
    assert_eq!(ask(&cluster, "SHOW max_connections").await, "33");
    cluster.stop().await.unwrap();

    config.extra = vec![("no_such_setting".to_owned(), "1".to_owned())];
    let refused = Cluster::start(config).await.unwrap_err();
    assert_eq!(refused.code(), "postgres_failed");
    assert!(refused.to_string().contains("no_such_setting"), "{refused}");
}

#[tokio::test]
async fn a_second_start_is_refused_and_names_the_owner() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = start(&folder).await.unwrap();
    let (mut other, said) = owner(folder.path(), None);
    other.wait().unwrap();
    assert!(said.starts_with("data_folder_in_use: "), "{said}");
    assert!(
        said.contains(&format!("process {}", std::process::id())),
        "{said}"
    );
    assert!(runs(cluster.pid()), "the owner's server is left alone");
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_killed_owner_takes_its_server_along() {
    let folder = tempfile::tempdir().unwrap();
    let (mut owner, said) = owner(folder.path(), None);
    let server = said.parse().expect(&said);
    owner.kill().unwrap();
    owner.wait().unwrap();
    wait_until("the server ends", || !runs(server));

    let cluster = start(&folder).await.unwrap();
    assert_eq!(read_back(&cluster).await, "42");
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_server_left_behind_is_stopped_by_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let (mut owner, said) = owner(folder.path(), None);
    let server = said.parse().expect(&said);
    kill(watcher_of(server));
    owner.kill().unwrap();
    owner.wait().unwrap();
    assert!(runs(server), "without a watcher the server goes on");

    let cluster = start(&folder).await.unwrap();
    assert!(!runs(server));
    assert_eq!(read_back(&cluster).await, "42");
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_killed_server_recovers_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = start(&folder).await.unwrap();
    write_down(&cluster).await;
    kill(cluster.pid());
    cluster.stop().await.unwrap();

    let cluster = start(&folder).await.unwrap();
    assert_eq!(read_back(&cluster).await, "42");
    let watcher = watcher_of(cluster.pid());
    cluster.stop().await.unwrap();
    wait_until("the watcher goes home", || !runs(watcher));
}

#[tokio::test]
async fn a_stale_number_of_another_process_is_no_obstacle_and_that_process_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    start(&folder).await.unwrap().stop().await.unwrap();
    let pgdata = folder.path().join("pgdata");
    let mut stranger = Command::new("sleep")
        .arg("600")
        .current_dir(&pgdata)
        .spawn()
        .unwrap();
    let stale = format!("{}\n{}\n", stranger.id(), pgdata.display());
    fs::write(pgdata.join("postmaster.pid"), stale).unwrap();

    start(&folder).await.unwrap().stop().await.unwrap();
    assert!(runs(stranger.id()));
    stranger.kill().unwrap();
    stranger.wait().unwrap();
}

#[tokio::test]
async fn a_half_made_folder_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("pgdata.new")).unwrap();
    fs::write(folder.path().join("pgdata.new/PG_VERSION"), "15\n").unwrap();
    start(&folder).await.unwrap().stop().await.unwrap();
    assert!(!folder.path().join("pgdata.new").exists());
}

#[tokio::test]
async fn a_folder_of_another_version_is_refused_untouched() {
    let folder = tempfile::tempdir().unwrap();
    start(&folder).await.unwrap().stop().await.unwrap();
    let version = folder.path().join("pgdata/PG_VERSION");
    fs::write(&version, "99\n").unwrap();
    let refused = start(&folder).await.unwrap_err();
    let ClusterError::OtherVersion {
        folder: 99,
        installed,
        ..
    } = refused
    else {
        panic!("{refused}")
    };
    assert!(installed >= 15);
    assert!(refused.to_string().contains("postgresql-99"), "{refused}");
    assert_eq!(fs::read_to_string(&version).unwrap(), "99\n");

    fs::remove_file(&version).unwrap();
    assert_eq!(
        start(&folder).await.unwrap_err().code(),
        "not_a_data_folder"
    );
}

#[tokio::test]
async fn a_missing_postgres_says_what_to_type() {
    let folder = tempfile::tempdir().unwrap();
    let (mut owner, said) = owner(folder.path(), Some("/nowhere"));
    owner.wait().unwrap();
    assert!(said.starts_with("postgres_not_installed: "), "{said}");
    assert!(
        said.contains("apt-get install") && said.contains("/nowhere"),
        "{said}"
    );
}

#[tokio::test]
async fn a_path_too_long_for_a_socket_gets_a_short_one_and_remembers_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("d".repeat(60)).join("e".repeat(60));
    let cluster = Cluster::start(ClusterConfig::new(&data)).await.unwrap();
    write_down(&cluster).await;
    let socket = fs::read_to_string(data.join("socket.path")).unwrap();
    assert!(Path::new(&socket).join(".s.PGSQL.5432").exists());
    cluster.stop().await.unwrap();
    assert!(
        !Path::new(&socket).exists(),
        "nothing stays in the temporary folder"
    );

    let cluster = Cluster::start(ClusterConfig::new(&data)).await.unwrap();
    assert_eq!(read_back(&cluster).await, "42");
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_folder_closed_to_the_server_is_named() {
    if !nix::unistd::geteuid().is_root() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o700)).unwrap();
    let refused = Cluster::start(ClusterConfig::new(folder.path().join("data")))
        .await
        .unwrap_err();
    assert_eq!(refused.code(), "data_folder_closed");
    assert!(
        refused
            .to_string()
            .contains(&folder.path().display().to_string()),
        "{refused}"
    );
}

#[tokio::test]
async fn a_port_can_be_asked_for_and_a_taken_one_is_named() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut config = ClusterConfig::new(folder.path());
    config.port = Some(listener.local_addr().unwrap().port());
    let refused = Cluster::start(config.clone()).await.unwrap_err();
    assert_eq!(refused.code(), "port_taken", "{refused}");

    drop(listener);
    let cluster = Cluster::start(config).await.unwrap();
    assert_eq!(ask(&cluster, "SHOW listen_addresses").await, "127.0.0.1");
    cluster.stop().await.unwrap();
}
