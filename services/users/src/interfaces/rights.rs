//! Who may call what; whose profile it is, the use cases decide.

use authz::{Right, Role, Who};

const ADMINS: Who = Who::Roles(&[Role::Admin]);

/// Every rpc of the service.
pub static RIGHTS: &[Right] = &[
    Right::through_gateway("/fondeo.users.v1.Users/Profile", Who::SignedIn),
    // Whoever looks at a published project sees whose it is; the ids of other people are told to no
    // visitor.
    Right::through_gateway("/fondeo.users.v1.Users/Names", Who::Anyone),
    Right::through_gateway("/fondeo.users.v1.Users/SubmitKyc", Who::SignedIn),
    Right::through_gateway("/fondeo.users.v1.Users/KycQueue", ADMINS),
    Right::through_gateway("/fondeo.users.v1.Users/VerifyKyc", ADMINS),
    Right::through_gateway("/fondeo.users.v1.Users/RejectKyc", ADMINS),
    Right::through_gateway("/fondeo.users.v1.Users/SuspendKyc", ADMINS),
    Right::through_gateway("/fondeo.users.v1.Users/UpdateProfile", Who::SignedIn),
    Right::through_gateway("/fondeo.users.v1.Users/RequestKycUpload", Who::SignedIn),
    Right::through_gateway("/fondeo.users.v1.Users/AttachKycDocument", Who::SignedIn),
    Right::through_gateway("/fondeo.users.v1.Users/KycDocuments", Who::SignedIn),
    Right::through_gateway("/fondeo.users.v1.Users/ViewKycDocument", ADMINS),
    Right::through_gateway("/fondeo.users.v1.Users/Investor", Who::SignedIn),
    Right::through_gateway(
        "/fondeo.users.v1.Users/RequestCategory",
        Who::Roles(&[Role::Investor]),
    ),
    Right::through_gateway("/fondeo.users.v1.Users/CategoryQueue", ADMINS),
    // What somebody may lose is a decision about money.
    Right::fresh("/fondeo.users.v1.Users/DecideCategory", ADMINS),
    Right::fresh("/fondeo.users.v1.Users/SetInvestorLimits", ADMINS),
    Right::through_gateway("/fondeo.users.v1.Users/Consents", Who::SignedIn),
    Right::through_gateway("/fondeo.users.v1.Users/GiveConsent", Who::SignedIn),
];
