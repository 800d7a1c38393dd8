//! What the walks see before each step: their projects, rounds and books, and everybody's money.

use std::collections::HashMap;

use futures::try_join;
use serde::Deserialize;
use uuid::Uuid;

use super::look::Look;

/// All of it, at one moment.
#[derive(Default)]
pub struct World {
    /// The projects.
    pub projects: HashMap<Uuid, Project>,
    /// The rounds, by project.
    pub offerings: HashMap<Uuid, Offering>,
    /// The books, by project.
    pub books: HashMap<Uuid, Books>,
    /// Free in wallets, in minor units.
    pub wallets: HashMap<(Uuid, String), i64>,
    /// Payouts that wait for the bank.
    pub payouts: Vec<Payout>,
    /// Deposits that are not returned.
    pub deposits: Vec<Deposit>,
    /// Whose identity is not verified, or not any more.
    pub unverified: Vec<Uuid>,
}

/// As Projects has it.
#[derive(Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "as they stand in the row")]
pub struct Project {
    pub project_id: Uuid,
    pub state: String,
    pub liquidation: String,
    pub flag: String,
    pub goal_minor: Option<i64>,
    pub sealed: bool,
    pub completion_declared: bool,
    pub open_disbursements: i64,
    pub counted: bool,
    pub refunds_open: bool,
    pub products: Vec<Stock>,
    pub allotments: Vec<Allotment>,
    pub closures: Vec<Closure>,
}

impl Project {
    /// Its state, and of a cancelled one how far its liquidation is.
    pub fn stand(&self) -> &str {
        match (self.state.as_str(), self.liquidation.as_str()) {
            ("CANCELLED", "OPEN") => "LIQUIDATING",
            ("CANCELLED", "CLOSED") => "LIQUIDATED",
            (state, _) => state,
        }
    }

    /// Whether nothing more comes of it.
    pub fn is_over(&self, had_round: bool) -> bool {
        match self.stand() {
            "CANCELLED" => !had_round || !self.refunds_open,
            stand => matches!(stand, "SETTLED" | "LIQUIDATED"),
        }
    }
}

/// One product's units; none before they are counted.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Stock {
    pub sku: String,
    pub received: i64,
    pub allotted: i64,
    pub handed_over: i64,
    pub sold: i64,
    pub written_off: i64,
    pub bought_back: i64,
}

impl Stock {
    /// What may be sold, written off or bought back.
    pub fn left(&self) -> i64 {
        self.received - self.allotted - self.sold - self.written_off - self.bought_back
    }
}

/// Goods that wait for their holder.
#[derive(Deserialize)]
pub struct Allotment {
    pub participation_id: Uuid,
    pub investor_id: Uuid,
}

/// A proposal about stock.
#[derive(Deserialize)]
pub struct Closure {
    pub closure_id: Uuid,
    pub agreed: bool,
}

/// As Participation has it.
#[derive(Deserialize)]
pub struct Offering {
    pub project_id: Uuid,
    pub status: String,
    pub goal_minor: i64,
    pub reserved_minor: i64,
    pub approved_minor: i64,
    pub stake_minor: i64,
    pub first_loss_minor: i64,
    pub min_ticket_minor: i64,
    pub products_ticket_min_minor: Option<i64>,
    pub over: bool,
    pub participations: Vec<Participation>,
}

impl Offering {
    /// What can still be asked for.
    pub fn room(&self) -> i64 {
        self.goal_minor - self.reserved_minor - self.approved_minor
    }
}

/// One request or participation.
#[derive(Deserialize)]
pub struct Participation {
    pub participation_id: Uuid,
    pub investor_id: Uuid,
    pub state: String,
    pub funding: String,
    pub notice_id: Option<Uuid>,
}

/// As Accounting has it.
#[derive(Deserialize)]
pub struct Books {
    pub project_id: Uuid,
    pub capital: i64,
    pub proceeds: i64,
    pub requested: i64,
    pub claims: Vec<Claim>,
    pub disbursements: Vec<Disbursement>,
    pub runs: Vec<Run>,
}

impl Books {
    /// Whether anything is in escrow.
    pub fn has_left(&self) -> bool {
        self.capital + self.proceeds > 0
    }
}

/// What a buyer owes.
#[derive(Deserialize)]
pub struct Claim {
    pub claim_id: Uuid,
    pub owed: i64,
    pub paid: i64,
}

/// A cost to be paid.
#[derive(Deserialize)]
pub struct Disbursement {
    pub disbursement_id: Uuid,
    pub state: String,
    pub amount: i64,
    pub needs_agreement: bool,
    pub line_name: String,
}

/// A settlement run.
#[derive(Deserialize)]
pub struct Run {
    pub run_id: Uuid,
    pub kind: String,
    pub state: String,
}

/// Money on its way out.
#[derive(Clone, Deserialize)]
pub struct Payout {
    pub payout_id: Uuid,
    pub currency: String,
    pub amount: i64,
    pub state: String,
    pub needs_agreement: bool,
}

/// A receipt at the bank.
#[derive(Clone, Deserialize)]
pub struct Deposit {
    pub transfer_id: Uuid,
    pub currency: String,
    pub amount: i64,
    pub in_suspense: bool,
}

#[derive(Deserialize)]
struct Wallet {
    owner_id: Uuid,
    currency: String,
    available: i64,
}

#[derive(Deserialize)]
struct Person {
    user_id: Uuid,
}

const PROJECTS: &str = "
    SELECT p.project_id, state, liquidation, flag, goal_minor, seal_hash IS NOT NULL AS sealed,
        completion_declared, open_disbursements,
        EXISTS (SELECT FROM goods_counts c WHERE c.project_id = p.project_id) AS counted,
        refunds_expected IS DISTINCT FROM (SELECT count(*) FROM returned_money r
            JOIN participants i USING (tenant_id, participation_id)
            WHERE r.project_id = p.project_id AND i.state = 'REFUNDED') AS refunds_open,
        (SELECT coalesce(jsonb_agg(jsonb_strip_nulls(to_jsonb(s)) ORDER BY position), '[]')
            FROM products s WHERE s.project_id = p.project_id) AS products,
        (SELECT coalesce(jsonb_agg(DISTINCT jsonb_build_object('participation_id',
            participation_id, 'investor_id', investor_id)), '[]') FROM allotments a
            WHERE a.project_id = p.project_id AND handed_over_at IS NULL AND lapsed_at IS NULL)
            AS allotments,
        (SELECT coalesce(jsonb_agg(jsonb_build_object('closure_id', closure_id,
            'agreed', agreed_by IS NOT NULL) ORDER BY closure_id), '[]') FROM stock_closures c
            WHERE c.project_id = p.project_id) AS closures
    FROM projects p WHERE p.project_id = ANY ($1)";

const OFFERINGS: &str = "
    SELECT o.project_id, status, goal_minor, reserved_minor, approved_minor, stake_minor,
        first_loss_minor, min_ticket_minor, products_ticket_min_minor,
        deadline <= now() + make_interval(secs => (SELECT offset_s FROM business_clock)) AS over,
        (SELECT coalesce(jsonb_agg(to_jsonb(p) ORDER BY requested_at, participation_id), '[]')
            FROM participations p WHERE p.project_id = o.project_id) AS participations
    FROM offerings o WHERE o.project_id = ANY ($1)";

const BOOKS: &str = "
    SELECT b.project_id, requested,
        captured + advances + recovered - costs - unspent_paid - advances_returned AS capital,
        b.proceeds + unspent_paid - paid_gross - advances_repaid - owner_split_paid AS proceeds,
        (SELECT coalesce(jsonb_agg(jsonb_build_object('claim_id', c.claim_id, 'owed', owed, 'paid',
            (SELECT coalesce(sum(t.amount), 0) FROM receipts r JOIN transfers t
                USING (tenant_id, transfer_id) WHERE r.claim_id = c.claim_id))
            ORDER BY c.claim_id), '[]')
            FROM claims c WHERE c.project_id = b.project_id) AS claims,
        (SELECT coalesce(jsonb_agg(to_jsonb(d) ORDER BY requested_at, disbursement_id), '[]')
            FROM disbursements d WHERE d.project_id = b.project_id) AS disbursements,
        (SELECT coalesce(jsonb_agg(jsonb_build_object('run_id', run_id, 'kind', kind,
            'state', state) ORDER BY number), '[]')
            FROM runs r WHERE r.project_id = b.project_id) AS runs
    FROM project_books b WHERE b.project_id = ANY ($1)";

const WALLETS: &str = "
    SELECT owner_id, currency, credits_posted - debits_posted - debits_pending AS available
    FROM accounts WHERE kind = 'WALLET'";

const PAYOUTS: &str = "
    SELECT payout_id, currency, amount, state, needs_agreement FROM payouts
    WHERE state IN ('REQUESTED', 'AGREED') ORDER BY requested_at, payout_id";

const DEPOSITS: &str = "
    SELECT d.transfer_id, t.currency, t.amount,
        d.user_id IS NULL AND NOT EXISTS (SELECT FROM deposit_steps s
            WHERE s.deposit_id = d.transfer_id) AS in_suspense
    FROM deposits d JOIN transfers t USING (tenant_id, transfer_id)
    WHERE NOT EXISTS (SELECT FROM deposit_steps s
        WHERE s.deposit_id = d.transfer_id AND s.step = 'RETURNED')
    ORDER BY d.at DESC, d.transfer_id LIMIT 60";

const UNVERIFIED: &str = "
    SELECT user_id FROM investors WHERE NOT verified OR valid_until
        <= now() + make_interval(secs => (SELECT offset_s FROM business_clock))";

impl World {
    /// As it is now, of these projects.
    pub async fn seen(look: &Look, projects: &[Uuid]) -> anyhow::Result<Self> {
        let (projects, offerings, books, wallets, payouts, deposits, unverified) = try_join!(
            look.rows_of::<Project>("projects", PROJECTS, projects),
            look.rows_of::<Offering>("participation", OFFERINGS, projects),
            look.rows_of::<Books>("accounting", BOOKS, projects),
            look.rows::<Wallet>("accounting", WALLETS),
            look.rows::<Payout>("accounting", PAYOUTS),
            look.rows::<Deposit>("accounting", DEPOSITS),
            look.rows::<Person>("participation", UNVERIFIED),
        )?;
        let wallets = wallets.into_iter();
        Ok(Self {
            projects: projects
                .into_iter()
                .map(|one| (one.project_id, one))
                .collect(),
            offerings: offerings
                .into_iter()
                .map(|one| (one.project_id, one))
                .collect(),
            books: books.into_iter().map(|one| (one.project_id, one)).collect(),
            wallets: wallets
                .map(|one| ((one.owner_id, one.currency), one.available))
                .collect(),
            payouts,
            deposits,
            unverified: unverified.into_iter().map(|one| one.user_id).collect(),
        })
    }
}
