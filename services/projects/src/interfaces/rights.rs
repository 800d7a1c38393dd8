//! Who may call what; whose project it is, the use cases decide.

use authz::{Right, Role, Who};

const OWNERS: Who = Who::Roles(&[Role::Owner]);
const INVESTORS: Who = Who::Roles(&[Role::Investor]);
const ADMINS: Who = Who::Roles(&[Role::Admin]);
const MEMBERS: Who = Who::Roles(&[Role::Investor, Role::Owner]);
const OWNERS_AND_ADMINS: Who = Who::Roles(&[Role::Owner, Role::Admin]);

/// Every rpc of the service.
pub static RIGHTS: &[Right] = &[
    Right::through_gateway("/fondeo.projects.v1.Projects/CreateProject", OWNERS),
    Right::through_gateway("/fondeo.projects.v1.Projects/SetTerms", OWNERS),
    Right::through_gateway("/fondeo.projects.v1.Projects/PublishProject", OWNERS),
    Right::through_gateway("/fondeo.projects.v1.Projects/OpenFunding", OWNERS),
    Right::fresh("/fondeo.projects.v1.Projects/ApproveProject", ADMINS),
    Right::through_gateway("/fondeo.projects.v1.Projects/StartExecution", OWNERS),
    Right::through_gateway("/fondeo.projects.v1.Projects/RecordGoodsReceived", OWNERS),
    Right::through_gateway("/fondeo.projects.v1.Projects/ReportSale", OWNERS),
    Right::through_gateway("/fondeo.projects.v1.Projects/HandOverGoods", MEMBERS),
    Right::through_gateway("/fondeo.projects.v1.Projects/ProposeWriteOff", OWNERS),
    Right::through_gateway("/fondeo.projects.v1.Projects/ProposeBuyBack", OWNERS),
    Right::through_gateway("/fondeo.projects.v1.Projects/AgreeStockClosure", ADMINS),
    Right::through_gateway("/fondeo.projects.v1.Projects/DeclareCompletion", OWNERS),
    Right::fresh("/fondeo.projects.v1.Projects/ConfirmCompletion", ADMINS),
    Right::through_gateway(
        "/fondeo.projects.v1.Projects/CancelProject",
        OWNERS_AND_ADMINS,
    ),
    Right::fresh("/fondeo.projects.v1.Projects/SetFlag", ADMINS),
    Right::through_gateway(
        "/fondeo.projects.v1.Projects/NotifyMaterialChange",
        OWNERS_AND_ADMINS,
    ),
    Right::through_gateway("/fondeo.projects.v1.Projects/RequestUpload", OWNERS),
    Right::through_gateway("/fondeo.projects.v1.Projects/AttachDocument", OWNERS),
    Right::through_gateway("/fondeo.projects.v1.Projects/RemoveImage", OWNERS),
    Right::through_gateway("/fondeo.projects.v1.Projects/DocumentList", Who::Anyone),
    Right::through_gateway("/fondeo.projects.v1.Projects/RecordMilestone", OWNERS),
    Right::through_gateway("/fondeo.projects.v1.Projects/PostUpdate", OWNERS),
    Right::through_gateway("/fondeo.projects.v1.Projects/AskQuestion", INVESTORS),
    Right::through_gateway("/fondeo.projects.v1.Projects/AnswerQuestion", OWNERS),
    Right::through_gateway("/fondeo.projects.v1.Projects/HideQuestion", ADMINS),
    Right::through_gateway("/fondeo.projects.v1.Projects/MilestoneList", Who::Anyone),
    Right::through_gateway("/fondeo.projects.v1.Projects/UpdateList", Who::Anyone),
    Right::through_gateway("/fondeo.projects.v1.Projects/QuestionList", Who::Anyone),
    Right::through_gateway("/fondeo.projects.v1.Projects/KeyInformation", Who::Anyone),
    Right::through_gateway("/fondeo.projects.v1.Projects/TrackRecord", Who::Anyone),
    Right::through_gateway("/fondeo.projects.v1.Projects/TrackRecords", Who::Anyone),
    Right::through_gateway("/fondeo.projects.v1.Projects/Project", Who::Anyone),
    Right::through_gateway("/fondeo.projects.v1.Projects/ProjectList", Who::Anyone),
    Right::through_gateway("/fondeo.projects.v1.Projects/AdvanceBusinessTime", ADMINS),
];
