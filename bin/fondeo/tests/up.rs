//! `fondeo up` as its operator meets it: refusals that say what to do, an end that leaves nothing
//! running, and a start after a crash.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use pg::cluster::{Cluster, ClusterConfig};
use sqlx::Connection as _;
use sqlx::postgres::PgConnection;
use tempfile::TempDir;

/// Long for a loaded machine, short for a test that hangs.
const PATIENCE: Duration = Duration::from_secs(90);

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let open = std::fs::Permissions::from_mode(0o711);
        std::fs::set_permissions(folder.path(), open).unwrap();
        Self(folder)
    }

    fn data(&self) -> PathBuf {
        self.0.path().join("data")
    }

    fn fondeo(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fondeo"));
        command
            .args(arguments)
            .arg("--data")
            .arg(self.data())
            .current_dir(self.0.path())
            .stdin(Stdio::null());
        command
    }

    /// Starts a demo and returns when it says where it is.
    fn up(&self) -> Up {
        let mut child = self
            .fondeo(&["up", "--demo", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = child.stdout.take().unwrap();
        let first = BufReader::new(stdout).lines().next();
        let first = first.unwrap_or_else(|| panic!("it ended: {:?}", child.wait()));
        let url = first.unwrap();
        let url = url
            .split_whitespace()
            .find(|word| word.starts_with("http://"));
        Up {
            url: url.unwrap().to_owned(),
            child,
        }
    }

    /// Runs to its end; what it said on standard error.
    fn refused(&self, arguments: &[&str], environment: &[(&str, &str)]) -> String {
        let output = self
            .fondeo(arguments)
            .envs(environment.iter().copied())
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        said
    }

    /// The servers whose home is in this folder.
    fn servers(&self) -> usize {
        let Ok(home) = std::fs::metadata(self.data().join("postgres/pgdata")) else {
            return 0;
        };
        let processes = std::fs::read_dir("/proc").unwrap().flatten();
        processes
            .filter(|process| {
                let at = std::fs::metadata(process.path().join("cwd"));
                let name = std::fs::read_to_string(process.path().join("comm"));
                at.is_ok_and(|at| (at.dev(), at.ino()) == (home.dev(), home.ino()))
                    && name.is_ok_and(|name| name.trim() == "postgres")
            })
            .count()
    }
}

struct Up {
    child: Child,
    url: String,
}

impl Up {
    fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id()).unwrap();
        kill(Pid::from_raw(pid), signal).unwrap();
    }

    fn ended(&mut self) -> ExitStatus {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(begun.elapsed() < PATIENCE, "it does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn answers(&self, path: &str) -> String {
        let address = self.url.strip_prefix("http://").unwrap();
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let request =
            format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
        std::io::Write::write_all(&mut stream, request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.signal(Signal::SIGTERM);
            drop(self.child.wait());
        }
    }
}

#[test]
fn it_answers_refuses_a_second_start_and_stops_whole() {
    let folder = Folder::new();
    let mut up = folder.up();
    for (path, answer) in [("/livez", "alive"), ("/readyz", "ready")] {
        let came = up.answers(path);
        assert!(came.contains(" 200 ") && came.contains(answer), "{came}");
    }

    let second = folder.refused(&["up", "--demo", "--listen", "127.0.0.1:0"], &[]);
    let pid = format!("process {}", up.child.id());
    assert!(
        second.contains("in use") && second.contains(&pid),
        "{second}"
    );

    let other = Folder::new();
    let taken = up.url.strip_prefix("http://").unwrap().to_owned();
    let port = other.refused(&["up", "--demo", "--listen", &taken], &[]);
    assert!(port.contains(&taken) && port.contains("--listen"), "{port}");
    assert!(!other.data().exists(), "a folder was made");

    let begun = Instant::now();
    up.signal(Signal::SIGTERM);
    assert!(up.ended().success());
    assert!(
        begun.elapsed() < Duration::from_secs(25),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(folder.servers(), 0);
}

#[test]
fn after_a_kill_it_starts_again_and_leaves_no_orphan() {
    let folder = Folder::new();
    let mut up = folder.up();
    up.signal(Signal::SIGKILL);
    assert!(!up.ended().success());

    let mut again = folder.up();
    assert!(again.answers("/readyz").contains(" 200 "));
    let audit = folder.fondeo(&["audit", "verify"]).output().unwrap();
    assert!(audit.status.success(), "{audit:?}");
    again.signal(Signal::SIGINT);
    assert!(again.ended().success());
    assert_eq!(folder.servers(), 0);
    // Also with nobody at work in the folder; nothing is written by looking.
    let audit = folder.fondeo(&["audit", "verify"]).output().unwrap();
    assert!(audit.status.success(), "{audit:?}");
    assert_eq!(folder.servers(), 0);

    // A lost database is not made anew in silence.
    std::fs::remove_dir_all(folder.data().join("postgres/pgdata")).unwrap();
    let said = folder.refused(&["up", "--demo", "--listen", "127.0.0.1:0"], &[]);
    assert!(said.contains("is gone"), "{said}");
}

#[test]
fn a_database_server_that_is_killed_comes_back_and_one_that_cannot_ends_the_platform() {
    let folder = Folder::new();
    let mut up = folder.up();
    let postmaster = folder.data().join("postgres/pgdata/postmaster.pid");
    let number = || {
        let text = std::fs::read_to_string(&postmaster).unwrap_or_default();
        text.lines()
            .next()
            .and_then(|line| line.parse::<i32>().ok())
    };
    let first = number().unwrap();
    kill(Pid::from_raw(first), Signal::SIGKILL).unwrap();
    let begun = Instant::now();
    while number().is_none_or(|now| now == first) || !up.answers("/readyz").contains(" 200 ") {
        assert!(begun.elapsed() < PATIENCE, "it does not come back");
        std::thread::sleep(Duration::from_millis(100));
    }
    // So soon again is no accident: it ends, and says so, instead of lingering.
    kill(Pid::from_raw(number().unwrap()), Signal::SIGKILL).unwrap();
    assert_eq!(up.ended().code(), Some(1));
    wait_for_none(&folder);
    let mut again = folder.up();
    assert!(again.answers("/readyz").contains(" 200 "));
    again.signal(Signal::SIGTERM);
    assert!(again.ended().success());
}

/// Server processes without their first one end as soon as they notice.
fn wait_for_none(folder: &Folder) {
    let begun = Instant::now();
    while folder.servers() > 0 {
        assert!(begun.elapsed() < PATIENCE, "a server is left");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[tokio::test]
async fn a_folder_of_a_newer_version_is_left_alone() {
    let folder = Folder::new();
    assert!(
        folder
            .fondeo(&["migrate", "--demo"])
            .status()
            .unwrap()
            .success()
    );
    let postgres = folder.data().join("postgres");
    let cluster = Cluster::start(ClusterConfig::new(&postgres)).await.unwrap();
    let options = cluster.connect_options("fondeo_users", cluster.superuser());
    let mut conn = PgConnection::connect_with(&options).await.unwrap();
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'of tomorrow', true, '', 0)",
    )
    .execute(&mut conn)
    .await
    .unwrap();
    conn.close().await.unwrap();
    cluster.stop().await.unwrap();

    let said = folder.refused(&["up", "--demo", "--listen", "127.0.0.1:0"], &[]);
    assert!(
        said.contains("newer version") && said.contains("9999"),
        "{said}"
    );
    assert_eq!(folder.servers(), 0);

    let said = folder.refused(&["up", "--listen", "127.0.0.1:0"], &[]);
    assert!(said.contains("a demo's"), "{said}");
}

#[test]
fn a_folder_of_somebody_else_is_left_alone() {
    let folder = Folder::new();
    std::fs::create_dir(folder.data()).unwrap();
    std::fs::write(folder.data().join("thesis.txt"), "mine").unwrap();
    for command in ["up", "migrate"] {
        let said = folder.refused(&[command], &[]);
        assert!(
            said.contains("thesis.txt") && said.contains("--data"),
            "{said}"
        );
    }
    assert_eq!(std::fs::read_dir(folder.data()).unwrap().count(), 1);
}

#[test]
fn what_nobody_can_set_is_named_with_where_it_was_set() {
    let folder = Folder::new();
    std::fs::write(folder.0.path().join("fondeo.toml"), "lisen = '127.0.0.1:1'").unwrap();
    let said = folder.refused(&["up", "--demo"], &[]);
    assert!(
        said.contains("fondeo.toml") && said.contains("`lisen`"),
        "{said}"
    );
    std::fs::remove_file(folder.0.path().join("fondeo.toml")).unwrap();

    let said = folder.refused(&["up", "--demo"], &[("FONDEO_LISEN", "x")]);
    assert!(said.contains("FONDEO_LISEN"), "{said}");
    let said = folder.refused(&["up", "--demo", "--listen", "0.0.0.0:8080"], &[]);
    assert!(said.contains("127.0.0.1"), "{said}");
    let said = folder.refused(&["up", "--demo"], &[("FONDEO_POSTGRES_BIN", "/nowhere")]);
    assert!(
        said.contains("apt-get install") && said.contains("/nowhere"),
        "{said}"
    );
    assert!(TcpListener::bind("127.0.0.1:0").is_ok());
}

#[test]
fn the_first_administrator_is_made_once() {
    let folder = Folder::new();
    let first = [("FONDEO_AUTH_FIRST_ADMIN", "first@fondeo.example")];
    let mut up = folder
        .fondeo(&["up", "--listen", "127.0.0.1:0"])
        .envs(first)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(up.stdout.take().unwrap()).lines();
    let told = lines.find(|line| line.as_ref().unwrap().contains("first administrator"));
    assert!(told.is_some());
    kill(
        Pid::from_raw(i32::try_from(up.id()).unwrap()),
        Signal::SIGTERM,
    )
    .unwrap();
    assert!(up.wait().unwrap().success());
    let secret: &Path = &folder.data().join("secrets/first-admin");
    assert_eq!(std::fs::metadata(secret).unwrap().mode() & 0o777, 0o600);

    let other = [("FONDEO_AUTH_FIRST_ADMIN", "second@fondeo.example")];
    let said = folder.refused(&["up", "--listen", "127.0.0.1:0"], &other);
    assert!(said.contains("first@fondeo.example"), "{said}");
}
