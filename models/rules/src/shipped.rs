//! The packs that come with the program: examples, not legal advice.

use std::sync::OnceLock;

use crate::Packs;

/// A file by its jurisdiction and day.
macro_rules! shipped_pack {
    ($name:literal) => {
        (
            concat!("rules/", $name, ".toml"),
            include_str!(concat!("../../../rules/", $name, ".toml")),
        )
    };
}

/// Their files: the path in the repository, and the text.
pub const SHIPPED: &[(&str, &str)] = &[
    shipped_pack!("CL/2023-02-03"),
    shipped_pack!("CO/2025-01-01"),
    shipped_pack!("CO/2026-01-01"),
    shipped_pack!("EU/2021-11-10"),
    shipped_pack!("EU/2022-11-28"),
    shipped_pack!("MX/2018-09-11"),
    shipped_pack!("PE/2021-05-21"),
    shipped_pack!("PE/2026-01-01"),
    shipped_pack!("US/2017-04-12"),
    shipped_pack!("US/2021-03-15"),
    shipped_pack!("US/2022-09-20"),
    shipped_pack!("US/2025-10-01"),
    shipped_pack!("US/2026-10-01"),
];

/// The packs that come with the program.
pub fn shipped() -> &'static Packs {
    static PACKS: OnceLock<Packs> = OnceLock::new();
    PACKS.get_or_init(|| {
        Packs::load(SHIPPED.iter().copied()).expect("the tests load the shipped packs")
    })
}
