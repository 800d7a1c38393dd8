//! A claim: what a reported sale or an agreed buy-back owes a project. It is matched with bank
//! receipts until all of it is there; only then the goods count as sold (domain.md §5 "Money in
//! execution"). What is paid above it is nobody's, and goes to suspense.

use ids::{ClaimId, ProjectId};
use money::Money;
use serde::{Deserialize, Serialize};
use settlement::Product;
use strum::{Display, EnumString, IntoStaticStr};

use super::{Books, BooksRefusal, Posting};

/// Who owes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Display, EnumString, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum ClaimKind {
    /// A buyer.
    Sale,
    /// The owner, for leftover stock.
    BuyBack,
}

/// Goods that a claim is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimedGoods {
    /// Which product.
    pub sku: String,
    /// How many units, above zero.
    pub units: i64,
    /// What they bring in, net.
    pub net: Money,
}

/// What is owed to a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The sale's id, or the closure's.
    pub id: ClaimId,
    /// To whom.
    pub project: ProjectId,
    /// By whom.
    pub kind: ClaimKind,
    /// The full amount; a buy-back may be free.
    pub owed: Money,
    /// For what; their nets add up to what is owed.
    pub goods: Vec<ClaimedGoods>,
    /// What receipts brought in so far, at most what is owed.
    pub received: Money,
}

/// What becomes of a receipt for a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Matched {
    /// Into `escrow:proceeds`.
    pub posting: Posting,
    /// Above what was owed.
    pub excess: Option<Money>,
}

/// Why a claim is not taken, or a receipt not matched; nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClaimRefusal {
    /// All of it is there.
    #[error("this claim is paid in full: book the receipt as an unmatched deposit")]
    AlreadyMatched,
    /// The goods do not add up to the amount, or there are none of them.
    #[error("the claim's goods do not add up to what is owed")]
    DoesNotAddUp,
    /// The project has no such goods.
    #[error("the project has no product {0}")]
    NoSuchProduct(String),
    /// The books refuse.
    #[error(transparent)]
    Books(#[from] BooksRefusal),
}

impl ClaimRefusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::AlreadyMatched => "already_matched",
            Self::DoesNotAddUp => "does_not_add_up",
            Self::NoSuchProduct(_) => "no_such_product",
            Self::Books(books) => books.code(),
        }
    }
}

impl Claim {
    /// Refuses a claim whose goods are not the project's, or do not add up to its amount.
    pub fn check(&self, stock: &[Product]) -> Result<(), ClaimRefusal> {
        for goods in &self.goods {
            if !stock.iter().any(|product| product.product == goods.sku) {
                return Err(ClaimRefusal::NoSuchProduct(goods.sku.clone()));
            }
        }
        let nets = self.goods.iter().map(|goods| goods.net);
        let sum = Money::sum(nets, self.owed.currency()).map_err(BooksRefusal::from)?;
        let good = |goods: &ClaimedGoods| goods.units > 0 && !goods.net.is_negative();
        if sum == self.owed && !self.goods.is_empty() && self.goods.iter().all(good) {
            return Ok(());
        }
        Err(ClaimRefusal::DoesNotAddUp)
    }

    /// Whether all of it is there. A claim of nothing waits for no receipt.
    pub fn is_matched(&self) -> bool {
        self.received == self.owed
    }

    /// Matches a receipt, of all that is owed, of a part, or of more: the transfers are to be
    /// posted in the same unit of work.
    pub fn match_receipt(
        &mut self,
        amount: Money,
        books: &mut Books,
        stock: &mut [Product],
    ) -> Result<Matched, ClaimRefusal> {
        if self.is_matched() {
            return Err(ClaimRefusal::AlreadyMatched);
        }
        self.check(stock)?;
        let missing = self
            .owed
            .checked_sub(self.received)
            .map_err(BooksRefusal::from)?;
        let excess = amount.checked_sub(missing).map_err(BooksRefusal::from)?;
        let (part, excess) = if excess.is_positive() {
            (missing, Some(excess))
        } else {
            (amount, None)
        };
        let posting = books.match_proceeds(part)?;
        self.received = self
            .received
            .checked_add(part)
            .map_err(BooksRefusal::from)?;
        if self.is_matched() {
            self.count(stock);
        }
        Ok(Matched { posting, excess })
    }

    /// Counts the goods of a claim that owes nothing: there is no receipt to wait for.
    pub fn settle_free(&self, stock: &mut [Product]) -> Result<(), ClaimRefusal> {
        self.check(stock)?;
        self.count(stock);
        Ok(())
    }

    fn count(&self, stock: &mut [Product]) {
        for product in stock {
            for goods in self.goods.iter().filter(|one| one.sku == product.product) {
                match self.kind {
                    ClaimKind::Sale => {
                        product.sold += goods.units;
                        product.sold_net_minor += goods.net.minor();
                    }
                    ClaimKind::BuyBack => product.bought_back += goods.units,
                }
            }
        }
    }
}
