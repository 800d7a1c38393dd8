//! A claim: what a reported sale or an agreed buy-back owes a project. It is matched once, with a
//! bank receipt of the full amount; only then the goods count as sold (domain.md §5 "Money in
//! execution"), so that proceeds and sold goods never part.

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
    /// Whether its receipt is booked.
    pub matched: bool,
}

/// Why a claim is not taken, or a receipt not matched; nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClaimRefusal {
    /// Its receipt was booked before.
    #[error("a receipt was matched to this claim before")]
    AlreadyMatched,
    /// Less or more than is owed.
    #[error("the receipt must be of the full amount: {owed}")]
    NotTheFullAmount {
        /// The full amount.
        owed: Money,
    },
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
            Self::NotTheFullAmount { .. } => "not_the_full_amount",
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

    /// Matches a receipt: the transfer is to be posted in the same unit of work.
    pub fn match_receipt(
        &mut self,
        amount: Money,
        books: &mut Books,
        stock: &mut [Product],
    ) -> Result<Posting, ClaimRefusal> {
        self.must_be_open()?;
        if amount != self.owed {
            return Err(ClaimRefusal::NotTheFullAmount { owed: self.owed });
        }
        self.check(stock)?;
        let posting = books.match_proceeds(amount)?;
        self.count(stock);
        Ok(posting)
    }

    /// Counts the goods of a claim that owes nothing: there is no receipt to wait for.
    pub fn settle_free(&mut self, stock: &mut [Product]) -> Result<(), ClaimRefusal> {
        self.must_be_open()?;
        if !self.owed.is_zero() {
            return Err(ClaimRefusal::NotTheFullAmount { owed: self.owed });
        }
        self.check(stock)?;
        self.count(stock);
        Ok(())
    }

    fn must_be_open(&self) -> Result<(), ClaimRefusal> {
        if self.matched {
            return Err(ClaimRefusal::AlreadyMatched);
        }
        Ok(())
    }

    fn count(&mut self, stock: &mut [Product]) {
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
        self.matched = true;
    }
}
