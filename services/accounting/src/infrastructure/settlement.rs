//! Runs, payouts and wallets on PostgreSQL.

use async_trait::async_trait;
use pg::{Database, Uow};

use crate::application::ports::{SettlementReads, SettlementTx};

#[async_trait]
impl SettlementTx for Uow {}

#[async_trait]
impl SettlementReads for Database {}
