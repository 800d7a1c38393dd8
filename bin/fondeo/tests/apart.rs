//! The story on parts that stand apart: four processes, each with its own databases and
//! certificates, on a server that is not theirs; and two operators on one set of databases.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use pg::cluster::{Cluster, ClusterConfig};
use serde_json::{Value, json};
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

fn settings(folder: &Path, cluster: &Cluster, front: u16, tenant: &str) -> String {
    let at = cluster.connect_options("postgres", cluster.superuser());
    let socket = at.get_socket().unwrap().display().to_string();
    let host = format!("localhost/{{}}?host={}", socket.replace('/', "%2F"));
    let database = host.replace("{}", "fondeo_{service}");
    let owner = host.replace("{}", "postgres");
    format!(
        "tenant = \"{tenant}\"\n\
         public_url = \"http://127.0.0.1:{front}\"\n\
         demo = true\n\
         [objects]\n\
         folder = \"{objects}\"\n\
         [apart]\n\
         database = \"postgres://{{role}}@{database}\"\n\
         owner = \"postgres://{superuser}@{owner}\"\n\
         port = {port}\n\
         pki = \"{pki}\"\n",
        superuser = cluster.superuser(),
        port = six_ports(),
        pki = folder.join("pki").display(),
        objects = folder.join("objects").display(),
    )
}

const TENANT: &str = "018f5e7c-0000-7000-8000-000000000001";
const OTHER: &str = "018f5e7c-0000-7000-8000-000000000002";

/// One operator's four processes, ready; settings, certificates and files in a folder of its own.
async fn operator(at: &Path, cluster: &Cluster, tenant: &str) -> Vec<Process> {
    std::fs::create_dir_all(at).unwrap();
    let ports = free_ports(PROCESSES.len());
    let file = settings(at, cluster, ports[0], tenant);
    std::fs::write(at.join("fondeo.toml"), file).unwrap();
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
    processes
}

/// What the API at `front` answers.
async fn ask(front: &str, token: &str, query: &str) -> Value {
    let client = reqwest::Client::builder()
        .timeout(PATIENCE)
        .build()
        .unwrap();
    let request = client.post(format!("{front}/graphql")).bearer_auth(token);
    let answer = request.json(&json!({ "query": query })).send().await;
    answer.unwrap().json().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_story_comes_out_on_four_processes_over_mutual_tls() {
    let temporary = folder();
    let at = temporary.path();
    let cluster = Cluster::start(ClusterConfig::new(at.join("postgres")))
        .await
        .unwrap();
    let processes = operator(at, &cluster, TENANT).await;
    let front = format!("http://{}", processes[0].health);
    must(at, &["story", "--base-url", &front, "--json"]);

    processes.into_iter().for_each(Process::stop);
    cluster.stop().await.unwrap();
}

/// An access token of one of the demo's people.
fn token(at: &Path, front: &str, who: &str) -> String {
    let signed = fondeo(at, &["sign-in", who, "--base-url", front]).output();
    let token = String::from_utf8(signed.unwrap().stdout).unwrap();
    token.trim().to_owned()
}

/// Whether the one field that was asked for has something.
fn answered(answer: &Value) -> bool {
    let field = answer["data"]
        .as_object()
        .and_then(|data| data.values().next());
    field.is_some_and(|field| !field.is_null())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_operators_on_one_set_of_databases_see_nothing_of_each_other() {
    let temporary = folder();
    let at = temporary.path();
    let cluster = Cluster::start(ClusterConfig::new(at.join("postgres")))
        .await
        .unwrap();
    let (here, there) = (at.join("here"), at.join("there"));
    let ours = operator(&here, &cluster, TENANT).await;
    let theirs = operator(&there, &cluster, OTHER).await;
    let front = |processes: &[Process]| format!("http://{}", processes[0].health);
    let (our_front, their_front) = (front(&ours), front(&theirs));
    // Each story's figures are the golden ones, whatever the other operator has in the same tables.
    let story = |at: &Path, front: &str, name: &str| {
        must(
            at,
            &["story", "--name", name, "--base-url", front, "--json"],
        );
    };
    story(&here, &our_front, "rough");
    story(&there, &their_front, "settled");
    story(&here, &our_front, "cancelled");

    let auditor = token(&here, &our_front, "ines.paredes");
    let all = "{ projects(first: 50) { nodes { projectId state } } }";
    let mine = ask(&our_front, &auditor, all).await;
    let mine = mine["data"]["projects"]["nodes"]
        .as_array()
        .unwrap()
        .clone();
    let states: Vec<&str> = mine
        .iter()
        .filter_map(|one| one["state"].as_str())
        .collect();
    assert_eq!(states, ["CANCELLED", "CANCELLED"]);

    // Their auditor and their administrator ask for what is ours by its id.
    let id = mine[1]["projectId"].as_str().unwrap();
    let queries = [
        format!("{{ project(id: \"{id}\") {{ name }} }}"),
        format!("{{ offering(projectId: \"{id}\") {{ state }} }}"),
        format!("{{ escrow(projectId: \"{id}\") {{ holds }} }}"),
        format!("{{ snapshot(projectId: \"{id}\") {{ hash }} }}"),
    ];
    let line = format!("{{ timeLine(id: \"{id}\") {{ nodes {{ type }} }} }}");
    // Asked at home, each of these is answered.
    for query in queries.iter().chain([&line]) {
        let answer = ask(&our_front, &auditor, query).await;
        assert!(answered(&answer), "{query}: {answer}");
    }
    let told = ask(&our_front, &auditor, &line).await;
    assert_ne!(told["data"]["timeLine"]["nodes"], json!([]));
    for who in ["ines.paredes", "patricia.vargas"] {
        let token = token(&there, &their_front, who);
        for query in &queries {
            let answer = ask(&their_front, &token, query).await;
            assert!(!answered(&answer), "{who} {query}: {answer}");
        }
        let line = format!("{{ timeLine(id: \"{id}\") {{ nodes {{ type }} }} }}");
        let line = ask(&their_front, &token, &line).await;
        assert_eq!(
            line["data"]["timeLine"]["nodes"],
            json!([]),
            "{who}: {line}"
        );
    }
    // A token of one operator is none at the other's door.
    let refused = ask(&their_front, &auditor, "{ account { email } }").await;
    let code = &refused["errors"][0]["extensions"]["code"];
    assert_eq!(code, "unauthenticated", "{refused}");

    ours.into_iter().chain(theirs).for_each(Process::stop);
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
