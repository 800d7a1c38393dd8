//! The books of a project: escrow, disbursements, receipts; and the balances of all.

use async_graphql::{Context, ID, Object, Result};
use contracts::accounting as pb;

use crate::calls::{self, Calls, ask, writes};
use crate::wire::{Money, MoneyInput, given, shown, words};

words! {
    /// Where a disbursement stands.
    DisbursementState { Requested, Agreed, Paid, Withdrawn, Rejected }
}

words! {
    /// Who gives back what is no sale.
    RecoveryKind {
        /// The authority: a recoverable tax.
        Tax,
        /// An insurer, or whoever did damage.
        Indemnity,
        /// A payee, of what was paid to it.
        SupplierRefund,
    }
}

words! {
    /// On which side an account grows.
    NormalSide { Debit, Credit }
}

shown! {
    /// The money of a project: the cumulative figures, and whether the books agree with them.
    Escrow of pb::EscrowProof {
        project_id: ID,
        capital: Money,
        proceeds: Money,
        /// Of requests that are not decided yet.
        held: Money,
        captured: Money,
        /// The owner's own money for overruns.
        advances: Money,
        recovered: Money,
        /// For costs.
        paid: Money,
        unspent_returned: Money,
        advances_returned: Money,
        /// Both identities of docs/domain.md §5 hold.
        holds: bool,
    }
}

shown! {
    /// A payment for a cost.
    Disbursement of pb::Disbursement {
        disbursement_id: ID,
        project_id: ID,
        /// `GOODS`, or a cost line's kind.
        cost_kind: String,
        payee: String,
        invoice: String,
        amount: Money,
        state: DisbursementState,
        /// A second person must agree first.
        needs_agreement: bool,
        requested_by: ID,
        /// The budget line it is charged to.
        line_name: String,
        /// The invoice itself, where it was kept.
        document_id: Option<ID>,
        /// Why it was withdrawn or rejected.
        end_reason: Option<String>,
    }
}

shown! {
    /// One line of the budget, planned and paid.
    BudgetLine of pb::BudgetLine {
        cost_kind: String,
        line_name: String,
        planned: Money,
        actual: Money,
    }
}

shown! {
    /// What was paid for a project's costs, against its budget.
    Disbursements of pb::DisbursementsReply {
        disbursements: Vec<Disbursement>,
        budget: Vec<BudgetLine>,
    }
}

shown! {
    /// The balances by kind of account; they add up to zero.
    TrialBalance of pb::TrialBalanceReply {
        accounts: Vec<AccountBalance>,
        balanced: bool,
    }
}

shown! {
    /// All accounts of one kind together.
    AccountBalance of pb::AccountBalance {
        kind: String,
        normal_side: NormalSide,
        debits: Money,
        credits: Money,
        pending: Money,
    }
}

given! {
    RequestDisbursementInput for pb::RequestDisbursementRequest {
        idempotency_key: String,
        project_id: ID,
        /// `GOODS`, or a cost line's kind.
        cost_kind: String,
        payee: String,
        invoice: String,
        amount: MoneyInput,
        /// The budget line it is charged to.
        line_name: String,
        /// The invoice itself, where it was kept.
        document_id: Option<String>,
    }
}

given! {
    EndDisbursementInput for pb::EndDisbursementRequest {
        idempotency_key: String,
        disbursement_id: ID,
        reason: String,
    }
}

given! {
    AgreeDisbursementInput for pb::AgreeDisbursementRequest {
        idempotency_key: String,
        disbursement_id: ID,
    }
}

given! {
    PayDisbursementInput for pb::PayDisbursementRequest {
        idempotency_key: String,
        disbursement_id: ID,
        bank_reference: String,
    }
}

given! {
    PayAdvanceInput for pb::PayAdvanceRequest {
        idempotency_key: String,
        project_id: ID,
        amount: MoneyInput,
    }
}

given! {
    RecordRecoveryInput for pb::RecordRecoveryRequest {
        idempotency_key: String,
        project_id: ID,
        kind: RecoveryKind,
        /// The recoverable tax line, or what was indemnified or refunded.
        line_name: String,
        /// The claim's or credit note's number; a tax may have none.
        document: Option<String>,
        amount: MoneyInput,
        bank_reference: String,
    }
}

given! {
    MatchProceedsInput for pb::MatchProceedsRequest {
        idempotency_key: String,
        project_id: ID,
        /// A `saleId`, or the `closureId` of a buy-back.
        claim_id: ID,
        /// All that is owed, a part, or more: that goes to suspense.
        amount: MoneyInput,
        bank_reference: String,
    }
}

/// What is asked of Accounting about money.
#[derive(Default)]
pub struct AccountingQuery;

#[Object]
impl AccountingQuery {
    /// The figures of a project's money.
    #[graphql(complexity = "crate::cost::CALL + child_complexity")]
    async fn escrow(&self, ctx: &Context<'_>, project_id: ID) -> Result<Option<Escrow>> {
        escrow(calls::of(ctx), project_id).await
    }

    /// What was paid for a project's costs, against its budget.
    #[graphql(complexity = "crate::cost::whole(child_complexity)")]
    async fn disbursements(
        &self,
        ctx: &Context<'_>,
        project_id: ID,
    ) -> Result<Option<Disbursements>> {
        disbursements(calls::of(ctx), project_id).await
    }

    /// The balances by kind of account (TREASURER, ADMIN, AUDITOR).
    #[graphql(complexity = "crate::cost::whole(child_complexity)")]
    async fn trial_balance(
        &self,
        ctx: &Context<'_>,
        currency: String,
    ) -> Result<Option<TrialBalance>> {
        let calls = calls::of(ctx);
        let message = pb::TrialBalanceRequest { currency };
        let reply = ask!(calls.read, accounting.trial_balance(message)).await?;
        calls.show(Some(reply))
    }
}

/// The figures of a project's money.
pub async fn escrow(calls: &Calls, project_id: ID) -> Result<Option<Escrow>> {
    let message = pb::EscrowRequest {
        project_id: project_id.0,
    };
    let pb::EscrowReply { escrow } = ask!(calls.read, accounting.escrow(message)).await?;
    calls.show(escrow)
}

/// What was paid for a project's costs, against its budget.
pub async fn disbursements(calls: &Calls, project_id: ID) -> Result<Option<Disbursements>> {
    let message = pb::DisbursementsRequest {
        project_id: project_id.0,
    };
    let reply = ask!(calls.read, accounting.disbursements(message)).await?;
    calls.show(Some(reply))
}

writes! {
    /// What Accounting does with money.
    AccountingMutation over accounting of pb {
        /// Asks for a cost to be paid out of escrow (the project's OWNER).
        request_disbursement(RequestDisbursementInput)
            -> RequestDisbursementPayload of DisbursementReply { disbursement: Disbursement }
        /// The second person, above the policy's limit (ADMIN).
        agree_disbursement(AgreeDisbursementInput)
            -> AgreeDisbursementPayload of DisbursementReply { disbursement: Disbursement }
        /// Pays (TREASURER).
        pay_disbursement(PayDisbursementInput)
            -> PayDisbursementPayload of DisbursementReply { disbursement: Disbursement }
        /// Takes a requested payment back (the project's OWNER), or rejects it (TREASURER, ADMIN).
        end_disbursement(EndDisbursementInput)
            -> EndDisbursementPayload of DisbursementReply { disbursement: Disbursement }
        /// Pays one's own money into the project's escrow, for an overrun (OWNER).
        pay_advance(PayAdvanceInput) -> PayAdvancePayload of EscrowReply { escrow: Escrow }
        /// Books a tax refund or an indemnity (TREASURER).
        record_recovery(RecordRecoveryInput) -> RecordRecoveryPayload of EscrowReply {
            escrow: Escrow
        }
        /// Matches a bank receipt to a reported sale or a buy-back (TREASURER).
        match_proceeds(MatchProceedsInput) -> MatchProceedsPayload of EscrowReply {
            escrow: Escrow
        }
    }
}
