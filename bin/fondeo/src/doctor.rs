//! `fondeo doctor`: what is missing on this machine, and how to get it.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use nix::sys::statvfs::statvfs;
use nix::unistd::geteuid;
use pg::cluster::Binaries;

use crate::config::Settings;
use crate::platform::{DataFolder, unusable};

/// What a new platform takes, with room to grow before anybody must look again.
const ROOM_MIB: u64 = 512;

/// Prints every check; 1 when something is missing.
pub fn run(settings: &Settings) -> anyhow::Result<ExitCode> {
    let running = DataFolder::running(&settings.data)?;
    let port = match &running {
        Some(running) => Ok(format!(
            "in use by the running platform, process {}",
            running.pid
        )),
        None => port(settings),
    };
    let checks = [
        ("PostgreSQL", postgres(settings)),
        ("data folder", folder(&settings.data)),
        ("disk", disk(&settings.data)),
        ("listener", port),
    ];
    for (name, outcome) in &checks {
        match outcome {
            Ok(good) => println!("ok       {name:<12} {good}"),
            Err(missing) => println!("MISSING  {name:<12} {missing}"),
        }
    }
    if checks.iter().all(|(_, outcome)| outcome.is_ok()) {
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::FAILURE)
}

/// The memory of the platform that runs in the folder.
pub fn usage(settings: &Settings) -> anyhow::Result<ExitCode> {
    let data = settings.data.display();
    let Some(running) = DataFolder::running(&settings.data)? else {
        bail!("no platform runs in {data}; name its folder with --data, or --demo");
    };
    let status = fs::read_to_string(format!("/proc/{}/status", running.pid))
        .context("the platform's process cannot be looked at")?;
    let memory = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kib = line.and_then(|rest| rest.trim_start_matches(':').split_whitespace().next());
        let kib: u64 = kib.and_then(|kib| kib.parse().ok()).unwrap_or(0);
        kib / 1024
    };
    println!("process   {}", running.pid);
    println!("url       {}", running.url.as_deref().unwrap_or("starting"));
    println!("resident  {} MiB", memory("VmRSS"));
    println!("at most   {} MiB", memory("VmHWM"));
    Ok(ExitCode::SUCCESS)
}

fn postgres(settings: &Settings) -> Result<String, String> {
    let found = Binaries::installed(settings.postgres_bin.as_deref());
    let found = found.map_err(|error| format!("{:#}", unusable(error)))?;
    Ok(format!(
        "version {} in {}",
        found.major(),
        found.bin().display()
    ))
}

/// The nearest folder that exists decides: the rest is made.
fn folder(data: &Path) -> Result<String, String> {
    let near = existing(data);
    let writable = nix::unistd::access(near, nix::unistd::AccessFlags::W_OK);
    if let Err(error) = writable {
        return Err(format!(
            "{} cannot be written ({error}); choose another with --data",
            near.display()
        ));
    }
    if geteuid().is_root() {
        let closed = near.ancestors().find(|step| !is_open(step));
        if let Some(closed) = closed.filter(|closed| *closed != data) {
            return Err(format!(
                "PostgreSQL does not run as root, and its own user may not enter {}; choose a \
                 folder outside it with --data, such as /var/lib/fondeo",
                closed.display()
            ));
        }
    }
    let made = if near == data {
        "is there"
    } else {
        "will be made"
    };
    Ok(format!("{} {made}", data.display()))
}

fn is_open(folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata(folder).is_ok_and(|found| found.mode() & 0o001 != 0)
}

fn existing(data: &Path) -> &Path {
    let near = data.ancestors().find(|step| step.exists());
    near.filter(|near| !near.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

fn disk(data: &Path) -> Result<String, String> {
    let found = statvfs(existing(data)).map_err(|error| error.to_string())?;
    let mib = found
        .blocks_available()
        .saturating_mul(found.fragment_size())
        / (1024 * 1024);
    if mib < ROOM_MIB {
        return Err(format!("{mib} MiB free, {ROOM_MIB} are needed; make room"));
    }
    Ok(format!("{mib} MiB free"))
}

fn port(settings: &Settings) -> Result<String, String> {
    match TcpListener::bind(settings.listen) {
        Ok(_) => Ok(format!("{} is free", settings.listen)),
        Err(error) => Err(format!(
            "{} cannot be had ({error}); choose another with --listen",
            settings.listen
        )),
    }
}
