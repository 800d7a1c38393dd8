//! The events of other services, inside the unit of work that moves the cursor.

use contracts::{auth, projects};
use ids::UserId;
use journal::{Apply, ApplyError, Envelope};
use pg::Uow;
use uow::UnitOfWork as _;

use crate::application::ports::Tx as _;

/// What Users does about the events of Auth.
pub struct OfAuth;

#[async_trait::async_trait]
impl Apply for OfAuth {
    async fn apply(&self, uow: &mut Uow, event: &Envelope) -> Result<(), ApplyError> {
        use auth::Event;
        match Event::decode(&event.ty, &event.data)? {
            Event::UserRegistered(registered) => {
                let user: UserId = registered
                    .user_id
                    .parse()
                    .map_err(|_| ApplyError::Contradiction("`user_id` can't be read".to_owned()))?;
                Ok(uow.register(user).await?)
            }
            Event::RoleGranted(_)
            | Event::TotpEnrolled(_)
            | Event::TotpRemoved(_)
            | Event::RecoveryCodeUsed(_)
            | Event::SignInsLimited(_)
            | Event::ServiceCredentialIssued(_)
            | Event::ServiceCredentialRevoked(_)
            | Event::SignedIn(_)
            | Event::RefreshTokenReused(_)
            | Event::SessionEnded(_) => Ok(()),
        }
    }
}

/// What Users does about the events of Projects.
pub struct OfProjects;

#[async_trait::async_trait]
impl Apply for OfProjects {
    async fn apply(&self, uow: &mut Uow, event: &Envelope) -> Result<(), ApplyError> {
        use projects::Event;
        match Event::decode(&event.ty, &event.data)? {
            Event::BusinessTimeAdvanced(advanced) => {
                Ok(uow.advance_business_time(advanced.offset_s).await?)
            }
            Event::ProjectCreated(_)
            | Event::TermsSet(_)
            | Event::ProjectPublished(_)
            | Event::FundingOpened(_)
            | Event::ProjectFullyFunded(_)
            | Event::FundingReopened(_)
            | Event::ProjectReadyForApproval(_)
            | Event::ProjectApproved(_)
            | Event::ExecutionStarted(_)
            | Event::GoodsReceived(_)
            | Event::SaleReported(_)
            | Event::GoodsHandedOver(_)
            | Event::StockClosureProposed(_)
            | Event::StockWrittenOff(_)
            | Event::StockBoughtBack(_)
            | Event::CompletionDeclared(_)
            | Event::ProjectCompleted(_)
            | Event::ProjectSettled(_)
            | Event::ProjectCancelled(_)
            | Event::FlagSet(_)
            | Event::MaterialChangeNotified(_)
            | Event::AllotmentLapsed(_)
            | Event::MilestoneRecorded(_)
            | Event::UpdatePosted(_)
            | Event::QuestionAsked(_)
            | Event::QuestionAnswered(_)
            | Event::QuestionHidden(_)
            | Event::DocumentAttached(_)
            | Event::ImageRemoved(_)
            | Event::KeyInformationIssued(_)
            | Event::SettlementPhaseChanged(_)
            | Event::LiquidationClosed(_) => Ok(()),
        }
    }
}
