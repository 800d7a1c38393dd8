//! The story on parts that stand apart: four processes, each with its own databases and
//! certificates, on a server that is not theirs.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use pg::cluster::{Cluster, ClusterConfig};
use tempfile::TempDir;

/// Long for a loaded machine, short for a test that hangs.
const PATIENCE: Duration = Duration::from_secs(90);

/// Who stands with whom; the first answers people.
const PROCESSES: [&[&str]; 4] = [
    &["auth", "gateway"],
    &["users", "projects"],
    &["participation", "notification"],
    &["accounting"],
];

struct Process {
    child: Child,
    health: SocketAddr,
}

impl Process {
    async fn wait_until_ready(&mut self) {
        let begun = Instant::now();
        let url = format!("http://{}/readyz", self.health);
        let client = reqwest::Client::builder().timeout(Duration::from_secs(2));
        let client = client.build().unwrap();
        while !client
            .get(&url)
            .send()
            .await
            .is_ok_and(|answer| answer.status().is_success())
        {
            let ended = self.child.try_wait().unwrap();
            assert_eq!(ended, None, "it ended before it was ready");
            assert!(begun.elapsed() < PATIENCE, "it does not get ready");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn stop(mut self) {
        let pid = i32::try_from(self.child.id()).unwrap();
        kill(Pid::from_raw(pid), Signal::SIGTERM).unwrap();
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
    }
}

/// Ports that were free a moment ago: the settings want numbers.
fn free_ports(count: usize) -> Vec<u16> {
    let listeners: Vec<TcpListener> = (0..count)
        .map(|_| TcpListener::bind("127.0.0.1:0").unwrap())
        .collect();
    listeners
        .iter()
        .map(|listener| listener.local_addr().unwrap().port())
        .collect()
}

/// The first of six neighbours that are all free.
fn six_ports() -> u16 {
    (20_000..60_000)
        .step_by(7)
        .skip(usize::try_from(std::process::id() % 4_000).unwrap())
        .find(|first| (0..6).all(|next| TcpListener::bind(("127.0.0.1", first + next)).is_ok()))
        .unwrap()
}

fn fondeo(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fondeo"));
    command
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null());
    command
}

fn must(folder: &Path, arguments: &[&str]) -> String {
    let done = fondeo(folder, arguments).output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success(), "{arguments:?}: {said}");
    said
}

fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    // The server's own user must be able to pass through.
    let open = std::fs::Permissions::from_mode(0o711);
    std::fs::set_permissions(folder.path(), open).unwrap();
    folder
}

fn settings(folder: &Path, cluster: &Cluster, front: u16) -> String {
    let at = cluster.connect_options("postgres", cluster.superuser());
    let socket = at.get_socket().unwrap().display().to_string();
    let host = format!("localhost/{{}}?host={}", socket.replace('/', "%2F"));
    let database = host.replace("{}", "fondeo_{service}");
    let owner = host.replace("{}", "postgres");
    format!(
        "tenant = \"018f5e7c-0000-7000-8000-000000000001\"\n\
         public_url = \"http://127.0.0.1:{front}\"\n\
         demo = true\n\
         [apart]\n\
         database = \"postgres://{{role}}@{database}\"\n\
         owner = \"postgres://{superuser}@{owner}\"\n\
         port = {port}\n\
         pki = \"{pki}\"\n",
        superuser = cluster.superuser(),
        port = six_ports(),
        pki = folder.join("pki").display(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn the_story_comes_out_on_four_processes_over_mutual_tls() {
    let temporary = folder();
    let at = temporary.path();
    let cluster = Cluster::start(ClusterConfig::new(at.join("postgres")))
        .await
        .unwrap();
    let ports = free_ports(PROCESSES.len());
    std::fs::write(at.join("fondeo.toml"), settings(at, &cluster, ports[0])).unwrap();
    must(at, &["pki", "init"]);
    must(at, &["migrate"]);
    let mut processes: Vec<Process> = PROCESSES
        .iter()
        .zip(&ports)
        .map(|(parts, port)| {
            let health = SocketAddr::from(([127, 0, 0, 1], *port));
            let child = fondeo(at, &["serve"])
                .args(*parts)
                .args(["--listen", &health.to_string()])
                .arg("--data")
                .arg(at.join(parts[0]))
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            Process { child, health }
        })
        .collect();
    for process in &mut processes {
        process.wait_until_ready().await;
    }

    let front = format!("http://{}", processes[0].health);
    must(at, &["story", "--base-url", &front, "--json"]);

    processes.into_iter().for_each(Process::stop);
    cluster.stop().await.unwrap();
}

#[test]
fn what_a_part_must_be_told_is_named() {
    let temporary = folder();
    let refused = |arguments: &[&str]| {
        let done = fondeo(temporary.path(), arguments)
            .args(["--data", "here"])
            .output()
            .unwrap();
        assert_eq!(done.status.code(), Some(1));
        String::from_utf8_lossy(&done.stderr).into_owned()
    };
    let said = refused(&["serve", "ledger"]);
    assert!(said.contains("there is no part `ledger`"), "{said}");
    let said = refused(&["serve", "auth"]);
    assert!(said.contains("`tenant`"), "{said}");
    std::fs::write(
        temporary.path().join("fondeo.toml"),
        "tenant = \"018f5e7c-0000-7000-8000-000000000001\"\n\
         public_url = \"http://127.0.0.1:8080\"\nlisten = \"127.0.0.1:0\"\n",
    )
    .unwrap();
    let said = refused(&["serve", "users"]);
    assert!(said.contains("apart.database"), "{said}");
    let said = refused(&["serve", "gateway"]);
    assert!(said.contains("ca.pem"), "{said}");
}
