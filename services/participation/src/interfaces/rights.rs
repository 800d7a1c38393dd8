//! Who may call what; whose participation it is, the use cases decide.

use authz::{Right, Role, Who};

const MEMBERS: Who = Who::Roles(&[Role::Investor, Role::Owner]);
const OWNERS: Who = Who::Roles(&[Role::Owner]);
const OVERSEERS: Who = Who::Roles(&[Role::Owner, Role::Admin, Role::Treasurer, Role::Auditor]);

/// Every rpc of the service.
pub static RIGHTS: &[Right] = &[
    Right::through_gateway(
        "/fondeo.participation.v1.Participation/RequestParticipation",
        MEMBERS,
    ),
    Right::through_gateway(
        "/fondeo.participation.v1.Participation/ApproveParticipation",
        OWNERS,
    ),
    Right::through_gateway(
        "/fondeo.participation.v1.Participation/RejectParticipation",
        OWNERS,
    ),
    Right::through_gateway(
        "/fondeo.participation.v1.Participation/WithdrawParticipation",
        MEMBERS,
    ),
    Right::through_gateway(
        "/fondeo.participation.v1.Participation/DecideParticipations",
        OWNERS,
    ),
    Right::through_gateway(
        "/fondeo.participation.v1.Participation/RenewParticipation",
        MEMBERS,
    ),
    Right::through_gateway(
        "/fondeo.participation.v1.Participation/ParticipationAgreement",
        MEMBERS,
    ),
    Right::through_gateway(
        "/fondeo.participation.v1.Participation/SignedAgreement",
        Who::SignedIn,
    ),
    Right::through_gateway(
        "/fondeo.participation.v1.Participation/Offering",
        Who::Anyone,
    ),
    Right::through_gateway(
        "/fondeo.participation.v1.Participation/Offerings",
        Who::Anyone,
    ),
    Right::through_gateway(
        "/fondeo.participation.v1.Participation/GetParticipation",
        Who::SignedIn,
    ),
    Right::through_gateway(
        "/fondeo.participation.v1.Participation/Portfolio",
        Who::SignedIn,
    ),
    Right::through_gateway(
        "/fondeo.participation.v1.Participation/ProjectParticipations",
        OVERSEERS,
    ),
];
