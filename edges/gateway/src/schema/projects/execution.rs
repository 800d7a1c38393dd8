//! What happens to the goods of a project, up to its completion.

use async_graphql::ID;
use contracts::projects as pb;

use super::Project;
use super::parts::{CountedInput, SaleLineInput};
use crate::calls::writes;
use crate::wire::given;

given! {
    RecordGoodsReceivedInput for pb::RecordGoodsReceivedRequest {
        idempotency_key: String,
        project_id: ID,
        /// Shrinkage and damage off.
        counted: Vec<CountedInput>,
        note: Option<String>,
    }
}

given! {
    ReportSaleInput for pb::ReportSaleRequest {
        idempotency_key: String,
        project_id: ID,
        buyer: String,
        lines: Vec<SaleLineInput>,
    }
}

given! {
    HandOverGoodsInput for pb::HandOverGoodsRequest {
        idempotency_key: String,
        project_id: ID,
        /// Its whole allotment.
        participation_id: ID,
    }
}

given! {
    ProposeWriteOffInput for pb::ProposeWriteOffRequest {
        idempotency_key: String,
        project_id: ID,
        sku: String,
        units: i64,
        reason: String,
    }
}

given! {
    ProposeBuyBackInput for pb::ProposeBuyBackRequest {
        idempotency_key: String,
        project_id: ID,
        sku: String,
        units: i64,
    }
}

given! {
    AgreeStockClosureInput for pb::AgreeStockClosureRequest {
        idempotency_key: String,
        project_id: ID,
        closure_id: ID,
    }
}

given! {
    DeclareCompletionInput for pb::DeclareCompletionRequest {
        idempotency_key: String,
        project_id: ID,
    }
}

given! {
    ConfirmCompletionInput for pb::ConfirmCompletionRequest {
        idempotency_key: String,
        project_id: ID,
    }
}

writes! {
    /// The execution of a project.
    ExecutionMutation over projects of pb {
        /// Counts what arrived and fixes the allotments (OWNER).
        record_goods_received(RecordGoodsReceivedInput)
            -> RecordGoodsReceivedPayload of ProjectReply { project: Project }
        /// Reports a sale (OWNER); a treasurer matches it to its bank receipt.
        report_sale(ReportSaleInput) -> ReportSalePayload of ReportSaleReply {
            project: Project,
            sale_id: ID,
        }
        /// Hands a PRODUCTS participation its goods over.
        hand_over_goods(HandOverGoodsInput) -> HandOverGoodsPayload of ProjectReply {
            project: Project
        }
        /// Proposes to give stock up (OWNER).
        propose_write_off(ProposeWriteOffInput)
            -> ProposeWriteOffPayload of StockClosureReply { project: Project, closure_id: ID }
        /// Proposes to buy stock back (OWNER).
        propose_buy_back(ProposeBuyBackInput)
            -> ProposeBuyBackPayload of StockClosureReply { project: Project, closure_id: ID }
        /// Agrees to a write-off or a buy-back (ADMIN).
        agree_stock_closure(AgreeStockClosureInput)
            -> AgreeStockClosurePayload of ProjectReply { project: Project }
        /// Says that no more costs come (OWNER).
        declare_completion(DeclareCompletionInput)
            -> DeclareCompletionPayload of ProjectReply { project: Project }
        /// Confirms it: COMPLETED (ADMIN).
        confirm_completion(ConfirmCompletionInput)
            -> ConfirmCompletionPayload of ProjectReply { project: Project }
    }
}
