//! Compiles `proto/` without protoc: messages, clients, servers, ProtoJSON, and per service an
//! enum of its events, so that a consumer's `match` is complete or does not compile.

use std::path::PathBuf;

use prost::Message as _;
use prost_types::FileDescriptorProto;

const SERVICES: [&str; 8] = [
    "money",
    "journal",
    "auth",
    "users",
    "projects",
    "participation",
    "accounting",
    "notification",
];

#[expect(
    clippy::disallowed_methods,
    reason = "Cargo speaks to build scripts by environment"
)]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Asked for when it runs: a copied build folder names another clone's.
    let proto = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("../../proto");
    println!("cargo:rerun-if-changed={}", proto.display());
    let out = PathBuf::from(std::env::var("OUT_DIR")?);

    let mut files = Vec::new();
    for service in SERVICES {
        for file in ["money", "journal", "service", "events"] {
            let path = proto.join(format!("fondeo/{service}/v1/{file}.proto"));
            if path.exists() {
                files.push(path);
            }
        }
    }
    let descriptors = protox::compile(&files, [&proto])?;
    let bytes = descriptors.encode_to_vec();
    std::fs::write(out.join("descriptors.bin"), &bytes)?;
    pbjson_build::Builder::new()
        .register_descriptors(&bytes)?
        .build(&[".fondeo"])?;
    for service in SERVICES {
        let events = descriptors
            .file
            .iter()
            .find(|file| file.name() == format!("fondeo/{service}/v1/events.proto"));
        if let Some(file) = events {
            std::fs::write(out.join(format!("{service}.events.rs")), event_enum(file))?;
        }
    }
    tonic_prost_build::configure().compile_fds(descriptors)?;
    Ok(())
}

/// The `Event` enum of one service's `events.proto`.
fn event_enum(file: &FileDescriptorProto) -> String {
    let package = file.package();
    let names: Vec<&str> = file
        .message_type
        .iter()
        .map(prost_types::DescriptorProto::name)
        .collect();
    // A message that another one contains is a part, not an event.
    let parts: Vec<&str> = file
        .message_type
        .iter()
        .flat_map(|m| &m.field)
        .filter_map(|field| field.type_name().rsplit('.').next())
        .collect();
    let names: Vec<&str> = names.into_iter().filter(|n| !parts.contains(n)).collect();

    let list = |line: &dyn Fn(&str) -> String| names.iter().map(|n| line(n)).collect::<String>();
    format!(
        "/// Every event of `{package}`.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {{
{variants}}}

impl Event {{
    /// The types of all events, as they stand in the envelope.
    pub const TYPES: &'static [&'static str] = &[
{types}    ];

    /// Reads an event; an unknown type is an error, never passed over.
    pub fn decode(ty: &str, data: &serde_json::Value) -> Result<Self, crate::UnreadableEvent> {{
        match ty {{
{arms}            _ => Err(crate::UnreadableEvent::UnknownType(ty.to_owned())),
        }}
    }}
}}
{messages}",
        variants = list(&|n| format!("    {n}({n}),\n")),
        types = list(&|n| format!("        <{n} as crate::EventMessage>::TYPE,\n")),
        arms = list(&|n| format!(
            "            <{n} as crate::EventMessage>::TYPE =>
                crate::read(ty, data).map(Self::{n}),\n"
        )),
        messages = list(&|n| format!(
            "\nimpl crate::EventMessage for {n} {{
    const TYPE: &'static str = \"{package}.{n}\";\n}}\n"
        )),
    )
}
