//! The project of domain.md in small, to write tables with: 600.00 by Ana, 300.00 by Ben, 100.00 by
//! the owner; the goods cost 1,000.00 and the margin is 20 %.
#![expect(
    clippy::inconsistent_digit_grouping,
    reason = "1_000_00 reads as 1,000.00"
)]

use costing::{CostLine, Product, Rates, Sheet};
use ids::{ParticipationId, ProjectId, UserId};
use money::{Currency, Measure, Money, Ppm};
use settlement::{ShareType, Terms};
use time::{Duration, OffsetDateTime};

use super::{ApprovedProject, Books, ProjectTerms, SealedList, SealedStake};

pub fn usd(minor: i64) -> Money {
    Money::try_new(minor, Currency::USD).expect("a small amount")
}

pub fn user(n: u8) -> UserId {
    format!("00000000-0000-0000-0000-0000000000{n:02x}")
        .parse()
        .expect("a UUID")
}

pub const OWNER: u8 = 1;
pub const ANA: u8 = 2;
pub const BEN: u8 = 3;
pub const TREASURER: u8 = 8;
pub const ADMIN: u8 = 9;

pub fn project() -> ProjectId {
    "00000000-0000-0000-0000-0000000000a0"
        .parse()
        .expect("a UUID")
}

pub fn participation(n: u8) -> ParticipationId {
    format!("00000000-0000-0000-0001-0000000000{n:02x}")
        .parse()
        .expect("a UUID")
}

pub fn stakes() -> Vec<SealedStake> {
    let stake = |(n, minor): (u8, i64)| SealedStake {
        participation: participation(n),
        investor: user(n),
        amount: usd(minor),
        share: ShareType::ProfitOnly,
        owner_stake: n == OWNER,
        approved_at: OffsetDateTime::UNIX_EPOCH + Duration::seconds(n.into()),
    };
    [(OWNER, 100_00), (ANA, 600_00), (BEN, 300_00)]
        .map(stake)
        .to_vec()
}

pub fn terms() -> ProjectTerms {
    ProjectTerms {
        settlement: Terms {
            investor_share_ppm: Ppm::ONE,
            success_fee_ppm: Ppm::new(100_000),
            holdback_ppm: Ppm::ZERO,
            buyback_ppm: Ppm::ZERO,
            first_loss_minor: 0,
        },
        tax_withholding_ppm: Ppm::new(50_000),
        finance_recoverable: false,
        holdback_days: 0,
        collection_days: 30,
    }
}

fn sheet() -> Sheet {
    let lamp = Product {
        sku: "LAMP".to_owned(),
        name: "Lamp".to_owned(),
        hs_code: "9405".to_owned(),
        quantity: 100,
        unit: "piece".to_owned(),
        unit_price: "10".parse().expect("a price"),
        currency: Currency::USD,
        unit_weight: Measure::from_scaled(0).expect("no weight"),
        unit_volume: Measure::from_scaled(0).expect("no volume"),
        duty: Ppm::ZERO,
        planned_price: None,
    };
    Sheet {
        currency: Currency::USD,
        rates: Rates::new(),
        products: vec![lamp],
        lines: Vec::<CostLine>::new(),
    }
}

pub fn approved() -> ApprovedProject {
    let sheet = sheet();
    ApprovedProject {
        project: project(),
        owner: user(OWNER),
        name: "Lamps".to_owned(),
        jurisdiction: "PE".to_owned(),
        currency: Currency::USD,
        terms: terms(),
        costing: costing::compute(&sheet, Ppm::new(200_000)).expect("a costing"),
        sheet,
        goal: usd(1_000_00),
        seal_hash: "5ea1".to_owned(),
        approved_by: user(ADMIN),
        approved_at: OffsetDateTime::UNIX_EPOCH + Duration::days(1),
    }
}

pub fn sealed() -> SealedList {
    SealedList {
        project: project(),
        total: usd(1_000_00),
        hash: "5ea1".to_owned(),
        participations: stakes(),
    }
}

/// Funded: everything is captured.
pub fn funded() -> Books {
    let mut books = Books::new(project(), user(OWNER), Currency::USD);
    for stake in stakes() {
        books.capture(stake.amount).expect("a capture");
    }
    books
}

/// In execution, without a platform fee.
pub fn in_execution() -> Books {
    let mut books = funded();
    books.phase = super::Phase::Approved;
    books.start(usd(0)).expect("a start");
    books
}
