//! The document of a run: its facts, every line's derivation and the transfers that follow; and the
//! parts of a line as people read them.

use ids::{ParticipationId, ProjectId, UserId};
use serde::{Deserialize, Serialize};
use settlement::{Entry, Line, Run, RunInput, SettlementError};

use super::RunRefusal;

/// Everything that a person needs to recompute the run. Its canonical form is what is hashed.
#[derive(Debug, Serialize)]
pub struct RunDocument<'a> {
    project: ProjectId,
    number: u32,
    snapshot_version: u32,
    snapshot_hash: &'a str,
    facts: &'a RunInput,
    run: &'a Run,
    entries: Vec<Entry>,
}

impl<'a> RunDocument<'a> {
    /// The document of the run that these facts call for.
    pub fn of(
        (project, number): (ProjectId, u32),
        (snapshot_version, snapshot_hash): (u32, &'a str),
        facts: &'a RunInput,
        run: &'a Run,
    ) -> Self {
        Self {
            project,
            number,
            snapshot_version,
            snapshot_hash,
            facts,
            run,
            entries: run.entries(),
        }
    }
}

/// Reads the run back out of its document.
pub fn run_of(document: &str) -> Result<Run, serde_json::Error> {
    #[derive(Deserialize)]
    struct Recorded {
        run: Run,
    }
    serde_json::from_str(document).map(|Recorded { run }| run)
}

/// What a participation is given, in minor units:
/// `unspent + capital + fraction cash + profit - owner's split - fee - tax = net`, of all runs so
/// far; `fee`, `tax` and `net` are those of this run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunShare {
    /// Whose.
    pub participation: ParticipationId,
    /// Who is paid.
    pub investor: UserId,
    /// Unspent capital.
    pub unspent_minor: i64,
    /// Capital out of the pool.
    pub capital_minor: i64,
    /// For the fractions of units.
    pub fraction_cash_minor: i64,
    /// Profit out of the pool.
    pub profit_minor: i64,
    /// The owner's part of the gain on fractions.
    pub owner_split_minor: i64,
    /// Success fee.
    pub fee_minor: i64,
    /// Tax withheld.
    pub tax_minor: i64,
    /// To the wallet.
    pub net_minor: i64,
}

/// All shares of a run, in the order of its lines.
pub fn shares(run: &Run) -> Result<Vec<RunShare>, RunRefusal> {
    run.lines.iter().map(RunShare::of).collect()
}

impl RunShare {
    fn of(line: &Line) -> Result<Self, RunRefusal> {
        let whole = |num: i128, den: i128| {
            i64::try_from(num / den).map_err(|_| RunRefusal::from(SettlementError::Overflow))
        };
        let fraction_cash_minor = line.fractions.iter().map(|paid| paid.cash_minor).sum();
        let given = line.received_before_minor + line.gross_minor;
        let of_pool = given - line.unspent_minor - fraction_cash_minor + line.owner_split_minor;
        // At most one of the two is a broken number: it takes what the whole ones leave.
        let capital_minor = if line.profit.num == 0 {
            of_pool
        } else {
            whole(line.capital.num, line.capital.den)?
        };
        Ok(Self {
            participation: read(&line.participation)?,
            investor: read(&line.investor)?,
            unspent_minor: line.unspent_minor,
            capital_minor,
            fraction_cash_minor,
            profit_minor: of_pool - capital_minor,
            owner_split_minor: line.owner_split_minor,
            fee_minor: line.fee_minor,
            tax_minor: line.tax_minor,
            net_minor: line.net_minor,
        })
    }
}

fn read<T: std::str::FromStr>(id: &str) -> Result<T, RunRefusal> {
    id.parse().map_err(|_| RunRefusal::UnknownPayee)
}
