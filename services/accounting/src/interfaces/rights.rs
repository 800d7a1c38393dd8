//! Who may call what; whose money it is, the use cases decide. Where money leaves, or a second pair
//! of eyes decides about it, the sign-in must be fresh.

use authz::{Right, Role, Who};

const MEMBERS: Who = Who::Roles(&[Role::Investor, Role::Owner]);
const OWNERS: Who = Who::Roles(&[Role::Owner]);
const ADMINS: Who = Who::Roles(&[Role::Admin]);
const TREASURERS: Who = Who::Roles(&[Role::Treasurer]);
const ENDERS: Who = Who::Roles(&[Role::Owner, Role::Admin, Role::Treasurer]);
const STAFF: Who = Who::Roles(&[Role::Admin, Role::Treasurer, Role::Auditor]);

/// Every rpc of the service.
pub static RIGHTS: &[Right] = &[
    Right::through_gateway("/fondeo.accounting.v1.Accounting/BookDeposit", TREASURERS),
    Right::through_gateway(
        "/fondeo.accounting.v1.Accounting/BookUnmatchedDeposit",
        TREASURERS,
    ),
    Right::fresh("/fondeo.accounting.v1.Accounting/MatchDeposit", TREASURERS),
    Right::fresh("/fondeo.accounting.v1.Accounting/ReturnDeposit", TREASURERS),
    Right::through_gateway("/fondeo.accounting.v1.Accounting/Suspense", STAFF),
    Right::through_gateway("/fondeo.accounting.v1.Accounting/Wallet", Who::SignedIn),
    Right::through_gateway(
        "/fondeo.accounting.v1.Accounting/WalletEntries",
        Who::SignedIn,
    ),
    Right::through_gateway(
        "/fondeo.accounting.v1.Accounting/WalletStatement",
        Who::SignedIn,
    ),
    Right::fresh("/fondeo.accounting.v1.Accounting/SetPayoutAccount", MEMBERS),
    Right::through_gateway("/fondeo.accounting.v1.Accounting/PayoutAccount", MEMBERS),
    Right::fresh("/fondeo.accounting.v1.Accounting/RequestPayout", MEMBERS),
    Right::fresh("/fondeo.accounting.v1.Accounting/AgreePayout", ADMINS),
    Right::fresh("/fondeo.accounting.v1.Accounting/ConfirmPayout", TREASURERS),
    Right::fresh("/fondeo.accounting.v1.Accounting/FailPayout", TREASURERS),
    Right::through_gateway("/fondeo.accounting.v1.Accounting/PayoutQueue", STAFF),
    Right::through_gateway("/fondeo.accounting.v1.Accounting/Escrow", Who::SignedIn),
    Right::through_gateway(
        "/fondeo.accounting.v1.Accounting/RequestDisbursement",
        OWNERS,
    ),
    Right::fresh("/fondeo.accounting.v1.Accounting/AgreeDisbursement", ADMINS),
    Right::fresh(
        "/fondeo.accounting.v1.Accounting/PayDisbursement",
        TREASURERS,
    ),
    Right::through_gateway("/fondeo.accounting.v1.Accounting/EndDisbursement", ENDERS),
    Right::through_gateway(
        "/fondeo.accounting.v1.Accounting/Disbursements",
        Who::SignedIn,
    ),
    Right::through_gateway("/fondeo.accounting.v1.Accounting/PayAdvance", OWNERS),
    Right::through_gateway(
        "/fondeo.accounting.v1.Accounting/RecordRecovery",
        TREASURERS,
    ),
    Right::through_gateway("/fondeo.accounting.v1.Accounting/MatchProceeds", TREASURERS),
    Right::through_gateway("/fondeo.accounting.v1.Accounting/Snapshot", Who::SignedIn),
    Right::through_gateway("/fondeo.accounting.v1.Accounting/ProposeRun", TREASURERS),
    Right::fresh("/fondeo.accounting.v1.Accounting/ApproveRun", ADMINS),
    Right::through_gateway("/fondeo.accounting.v1.Accounting/Run", Who::SignedIn),
    Right::through_gateway("/fondeo.accounting.v1.Accounting/Runs", Who::SignedIn),
    Right::through_gateway("/fondeo.accounting.v1.Accounting/TrialBalance", STAFF),
];
