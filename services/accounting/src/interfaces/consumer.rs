//! The events of other services, inside the unit of work that moves the cursor.

use contracts::money::Money as PbMoney;
use contracts::{participation, projects};
use ids::{ParticipationId, ProjectId};
use journal::{Apply, ApplyError, Envelope};
use money::{Currency, Money, Ppm};
use pg::Uow;
use settlement::ShareType;
use uow::UnitOfWork as _;

use crate::application::freeze_snapshot::{FreezeSnapshotError, offering_sealed, project_approved};
use crate::application::fund_participation::{
    FundParticipationError, capture_funds, give_back, hold_funds, refund_funds,
};
use crate::application::ports::{BooksTx as _, ExecutionTx as _, Participating};
use crate::application::react_to_projects::{
    ProjectStepError, allotment_lapsed, claim_made, execution_started, funding_opened,
    goods_received, project_cancelled, project_completed,
};
use crate::domain::{
    ApprovedProject, Claim, ClaimKind, ClaimedGoods, ProjectTerms, SealedList, SealedStake,
};

/// What Accounting does about the events of Participation: it follows the money.
pub struct OfParticipation;

#[async_trait::async_trait]
impl Apply for OfParticipation {
    async fn apply(&self, uow: &mut Uow, event: &Envelope) -> Result<(), ApplyError> {
        use participation::Event;
        let moved = match Event::decode(&event.ty, &event.data)? {
            Event::ParticipationRequested(one) => {
                let of = of(&one.participation_id, &one.project_id, &one.investor_id)?;
                if !one.decide_by.is_empty() {
                    let decide_by = instant(&one.decide_by)?;
                    uow.keep_deadline(of.participation, decide_by).await?;
                }
                hold_funds(uow, of, amount(one.amount)?).await
            }
            Event::ParticipationApproved(one) => {
                let of = of(&one.participation_id, &one.project_id, &one.investor_id)?;
                capture_funds(uow, of, amount(one.amount)?).await
            }
            Event::ParticipationRejected(one) => {
                let of = of(&one.participation_id, &one.project_id, &one.investor_id)?;
                give_back(uow, of).await
            }
            // Who only waited never had a hold.
            Event::ParticipationWithdrawn(one) if one.waitlisted => return Ok(()),
            Event::ParticipationExpired(one) if one.waitlisted => return Ok(()),
            Event::ParticipationWithdrawn(one) => {
                let of = of(&one.participation_id, &one.project_id, &one.investor_id)?;
                give_back(uow, of).await
            }
            Event::ParticipationExpired(one) => {
                let of = of(&one.participation_id, &one.project_id, &one.investor_id)?;
                give_back(uow, of).await
            }
            Event::ParticipationRefunded(one) => {
                let of = of(&one.participation_id, &one.project_id, &one.investor_id)?;
                refund_funds(uow, of).await
            }
            Event::OfferingSealed(list) => {
                let frozen = offering_sealed(uow, &sealed(list)?).await;
                return frozen.map_err(ApplyError::from);
            }
            Event::OfferingOpened(_)
            | Event::ParticipationWaitlisted(_)
            | Event::ParticipationFunding(_)
            | Event::ParticipationRenewed(_)
            | Event::ParticipationLiquidated(_)
            | Event::ParticipationHeld(_)
            | Event::OfferingFilled(_)
            | Event::OfferingReopened(_)
            | Event::ParticipationActivated(_)
            | Event::ParticipationSettled(_)
            | Event::OfferingDeadlineMissed(_)
            | Event::OfferingClosed(_) => return Ok(()),
        };
        moved.map_err(ApplyError::from)
    }
}

/// What Accounting does about the events of Projects.
pub struct OfProjects;

#[async_trait::async_trait]
impl Apply for OfProjects {
    async fn apply(&self, uow: &mut Uow, event: &Envelope) -> Result<(), ApplyError> {
        use projects::Event;
        let step = match Event::decode(&event.ty, &event.data)? {
            Event::FundingOpened(one) => {
                let (project, owner) = (
                    journal::read(&one.project_id)?,
                    journal::read(&one.owner_id)?,
                );
                funding_opened(uow, project, owner, journal::read(&one.currency)?).await
            }
            Event::ProjectApproved(one) => {
                let frozen = project_approved(uow, &approved(one)?).await;
                return frozen.map_err(ApplyError::from);
            }
            Event::ExecutionStarted(one) => {
                let fee = amount(one.platform_fee)?;
                execution_started(uow, journal::read(&one.project_id)?, fee).await
            }
            Event::GoodsReceived(one) => {
                let counted = one.products.into_iter();
                let counted: Vec<_> = counted.map(|one| (one.sku, one.received)).collect();
                goods_received(uow, journal::read(&one.project_id)?, &counted).await
            }
            Event::FlagSet(one) => {
                let project = journal::read(&one.project_id)?;
                return Ok(uow.keep_flag(project, &one.flag).await?);
            }
            Event::AllotmentLapsed(one) => {
                let (whose, units) = lapsed(one)?;
                allotment_lapsed(uow, whose, &units).await
            }
            Event::SaleReported(one) => claim_made(uow, sale(one)?).await,
            Event::StockBoughtBack(one) => claim_made(uow, buy_back(one)?).await,
            Event::ProjectCompleted(one) => {
                project_completed(uow, journal::read(&one.project_id)?).await
            }
            Event::ProjectCancelled(one) => {
                project_cancelled(uow, journal::read(&one.project_id)?).await
            }
            Event::BusinessTimeAdvanced(one) => {
                return Ok(uow.advance_business_time(one.offset_s).await?);
            }
            // Goods that are handed over or written off bring no money in: they stay among what
            // was received, and are not sold.
            Event::GoodsHandedOver(_)
            | Event::StockWrittenOff(_)
            | Event::StockClosureProposed(_)
            | Event::ProjectCreated(_)
            | Event::TermsSet(_)
            | Event::ProjectPublished(_)
            | Event::ProjectFullyFunded(_)
            | Event::FundingReopened(_)
            | Event::ProjectReadyForApproval(_)
            | Event::CompletionDeclared(_)
            | Event::ProjectSettled(_)
            | Event::MaterialChangeNotified(_)
            | Event::MilestoneRecorded(_)
            | Event::UpdatePosted(_)
            | Event::QuestionAsked(_)
            | Event::QuestionAnswered(_)
            | Event::QuestionHidden(_)
            | Event::DocumentAttached(_)
            | Event::ImageRemoved(_)
            | Event::KeyInformationIssued(_)
            | Event::SettlementPhaseChanged(_)
            | Event::LiquidationClosed(_) => return Ok(()),
        };
        step.map_err(ApplyError::from)
    }
}

fn of(participation: &str, project: &str, investor: &str) -> Result<Participating, ApplyError> {
    Ok(Participating {
        participation: journal::read(participation)?,
        project: journal::read(project)?,
        investor: journal::read(investor)?,
    })
}

fn sealed(list: participation::OfferingSealed) -> Result<SealedList, ApplyError> {
    let participation::OfferingSealed {
        project_id,
        total,
        list_hash,
        participations,
    } = list;
    let participations = participations.into_iter().map(stake);
    Ok(SealedList {
        project: journal::read(&project_id)?,
        total: amount(total)?,
        hash: list_hash,
        participations: participations.collect::<Result<_, _>>()?,
    })
}

fn stake(one: participation::SealedParticipation) -> Result<SealedStake, ApplyError> {
    let participation::SealedParticipation {
        participation_id,
        investor_id,
        amount: given,
        r#type,
        owner_stake,
        approved_at,
    } = one;
    let share = match r#type.as_str() {
        "PRODUCTS" => ShareType::Products,
        "PROFIT_ONLY" => ShareType::ProfitOnly,
        other => return Err(ApplyError::unreadable(other)),
    };
    Ok(SealedStake {
        participation: journal::read(&participation_id)?,
        investor: journal::read(&investor_id)?,
        amount: amount(given)?,
        share,
        owner_stake,
        approved_at: instant(&approved_at)?,
    })
}

type Lapsed = ((ProjectId, ParticipationId), Vec<(String, i64)>);

/// Whose allotment it was, and of what.
fn lapsed(one: projects::AllotmentLapsed) -> Result<Lapsed, ApplyError> {
    let projects::AllotmentLapsed {
        project_id,
        participation_id,
        investor_id: _,
        units,
    } = one;
    let whose = (
        journal::read(&project_id)?,
        journal::read(&participation_id)?,
    );
    let units = units.into_iter().map(|one| (one.sku, one.units));
    Ok((whose, units.collect()))
}

fn approved(one: projects::ProjectApproved) -> Result<ApprovedProject, ApplyError> {
    let projects::ProjectApproved {
        project_id,
        owner_id,
        currency,
        jurisdiction,
        name,
        terms: given,
        sheet_json,
        costing_json,
        goal,
        seal_hash,
        approved_by,
        approved_at,
    } = one;
    let currency: Currency = journal::read(&currency)?;
    Ok(ApprovedProject {
        project: journal::read(&project_id)?,
        owner: journal::read(&owner_id)?,
        name,
        jurisdiction,
        currency,
        terms: terms(
            given.ok_or_else(|| ApplyError::unreadable("terms"))?,
            currency,
        )?,
        sheet: json(&sheet_json)?,
        costing: json(&costing_json)?,
        goal: amount(goal)?,
        seal_hash,
        approved_by: journal::read(&approved_by)?,
        approved_at: instant(&approved_at)?,
    })
}

/// The terms that money follows from.
fn terms(given: projects::Terms, currency: Currency) -> Result<ProjectTerms, ApplyError> {
    let ppm = |given: i64| match u32::try_from(given) {
        Ok(parts) => Ok(Ppm::new(parts)),
        Err(_) => Err(ApplyError::unreadable("ppm")),
    };
    let days = |given: i32| u32::try_from(given).map_err(|_| ApplyError::unreadable("days"));
    let first_loss = match given.first_loss {
        Some(first_loss) => amount(Some(first_loss))?,
        None => Money::zero(currency),
    };
    Ok(ProjectTerms {
        settlement: settlement::Terms {
            investor_share_ppm: ppm(given.investor_share_ppm)?,
            success_fee_ppm: ppm(given.success_fee_ppm)?,
            holdback_ppm: ppm(given.holdback_ppm)?,
            buyback_ppm: ppm(given.buyback_ppm)?,
            first_loss_minor: first_loss
                .minor_in(currency)
                .map_err(|error| ApplyError::Contradiction(error.to_string()))?,
        },
        tax_withholding_ppm: ppm(given.tax_withholding_ppm)?,
        finance_recoverable: given.finance_recoverable,
        holdback_days: days(given.holdback_days)?,
        collection_days: days(given.collection_days)?,
    })
}

fn sale(one: projects::SaleReported) -> Result<Claim, ApplyError> {
    let projects::SaleReported {
        project_id,
        sale_id,
        net,
        lines,
    } = one;
    let goods = |line: projects::SaleLine| {
        let projects::SaleLine { sku, units, net } = line;
        let net = amount(net)?;
        Ok::<_, ApplyError>(ClaimedGoods { sku, units, net })
    };
    let owed = amount(net)?;
    let currency = owed.currency();
    Ok(Claim {
        id: journal::read(&sale_id)?,
        project: journal::read(&project_id)?,
        kind: ClaimKind::Sale,
        owed,
        goods: lines.into_iter().map(goods).collect::<Result<_, _>>()?,
        received: Money::zero(currency),
    })
}

fn buy_back(one: projects::StockBoughtBack) -> Result<Claim, ApplyError> {
    let projects::StockBoughtBack {
        project_id,
        closure_id,
        sku,
        units,
        price,
        agreed_by: _,
    } = one;
    let net = amount(price)?;
    let currency = net.currency();
    Ok(Claim {
        id: journal::read(&closure_id)?,
        project: journal::read(&project_id)?,
        kind: ClaimKind::BuyBack,
        owed: net,
        goods: vec![ClaimedGoods { sku, units, net }],
        received: Money::zero(currency),
    })
}

fn amount(given: Option<PbMoney>) -> Result<Money, ApplyError> {
    let PbMoney { currency, minor } = given.ok_or_else(|| ApplyError::unreadable("amount"))?;
    Money::try_new(minor, journal::read(&currency)?)
        .map_err(|error| ApplyError::Contradiction(error.to_string()))
}

fn instant(text: &str) -> Result<time::OffsetDateTime, ApplyError> {
    clock::from_text(text).ok_or_else(|| ApplyError::unreadable(text))
}

fn json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, ApplyError> {
    serde_json::from_str(text).map_err(|error| ApplyError::Contradiction(error.to_string()))
}

impl From<FundParticipationError> for ApplyError {
    fn from(error: FundParticipationError) -> Self {
        match error {
            FundParticipationError::Store(error) => error.into(),
            FundParticipationError::NoBooks
            | FundParticipationError::Books(_)
            | FundParticipationError::Booking(_) => Self::Contradiction(error.to_string()),
        }
    }
}

impl From<FreezeSnapshotError> for ApplyError {
    fn from(error: FreezeSnapshotError) -> Self {
        match error {
            FreezeSnapshotError::Store(error) => error.into(),
            FreezeSnapshotError::NoBooks
            | FreezeSnapshotError::AnotherList
            | FreezeSnapshotError::Refused(_) => Self::Contradiction(error.to_string()),
        }
    }
}

impl From<ProjectStepError> for ApplyError {
    fn from(error: ProjectStepError) -> Self {
        match error {
            ProjectStepError::Store(error) => error.into(),
            ProjectStepError::Waiting(error) => error.into(),
            ProjectStepError::NoBooks
            | ProjectStepError::BooksOpen
            | ProjectStepError::NoSuchProduct(_)
            | ProjectStepError::Books(_)
            | ProjectStepError::Claim(_)
            | ProjectStepError::Booking(_) => Self::Contradiction(error.to_string()),
        }
    }
}
