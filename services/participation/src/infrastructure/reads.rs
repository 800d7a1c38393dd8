//! The queries, each in a unit of work of its own that changes nothing: so it has its tenant.

use std::collections::HashMap;

use async_trait::async_trait;
use authz::Actor;
use ids::{ParticipationId, ProjectId, UserId};
use pg::{Context, Database, Uow, store_error};
use uow::StoreError;
use uuid::Uuid;

use super::rows::{OfferingRow, ParticipationRow, participations};
use crate::application::agreement::Agreement;
use crate::application::ports::{OfferingView, Page, Reads, Seen, Sort};
use crate::domain::Offering;

#[async_trait]
impl Reads for Database {
    async fn offerings(
        &self,
        actor: &Actor,
        projects: &[ProjectId],
    ) -> Result<Vec<OfferingView>, StoreError> {
        let mut uow = self.unit_of_work(Context::from(actor)).await?;
        let tenant = uow.context().tenant.as_uuid();
        let projects: Vec<Uuid> = projects.iter().map(|one| one.as_uuid()).collect();
        let rows = sqlx::query_as!(
            OfferingRow,
            "SELECT project_id, owner_id, currency, goal_minor, reserved_minor, approved_minor,
                    stake_minor, min_ticket_minor, max_ticket_minor, products_ticket_min_minor,
                    decision_hours, cooling_off_hours, deadline, first_loss_minor, conditions,
                    status, numbers, suspended, gap_until
             FROM offerings WHERE tenant_id = $1 AND project_id = ANY ($2) ORDER BY project_id",
            tenant,
            &projects,
        )
        .fetch_all(uow.conn())
        .await
        .map_err(store_error)?;
        let counts = sqlx::query!(
            r#"SELECT o.project_id, o.seal_hash,
                   count(*) FILTER (
                       WHERE p.state IN ('APPROVED', 'ACTIVE', 'SETTLED', 'LIQUIDATED'))
                       AS "participants!",
                   count(*) FILTER (WHERE p.state = 'WAITLISTED') AS "waiting!"
               FROM offerings o LEFT JOIN participations p USING (tenant_id, project_id)
               WHERE o.tenant_id = $1 AND o.project_id = ANY ($2)
               GROUP BY o.project_id, o.seal_hash"#,
            tenant,
            &projects,
        )
        .fetch_all(uow.conn())
        .await
        .map_err(store_error)?;
        let counts = counts.into_iter().map(|row| (row.project_id, row));
        let mut counts: HashMap<_, _> = counts.collect();
        let views = rows.into_iter().filter_map(|row| {
            let more = counts.remove(&row.project_id)?;
            let offering = Offering::try_from(row);
            Some(offering.map(|offering| OfferingView {
                offering,
                participants: more.participants,
                waiting: more.waiting,
                seal_hash: more.seal_hash,
            }))
        });
        views.collect()
    }

    async fn participation(
        &self,
        actor: &Actor,
        id: ParticipationId,
    ) -> Result<Option<Seen>, StoreError> {
        let mut uow = self.unit_of_work(Context::from(actor)).await?;
        let tenant = uow.context().tenant.as_uuid();
        let row = participations!("AND p.participation_id = $2", tenant, id.as_uuid())
            .fetch_optional(uow.conn())
            .await
            .map_err(store_error)?;
        row.map(Seen::try_from).transpose()
    }

    async fn agreement(
        &self,
        actor: &Actor,
        id: ParticipationId,
    ) -> Result<Option<Agreement>, StoreError> {
        let mut uow = self.unit_of_work(Context::from(actor)).await?;
        let row = sqlx::query!(
            "SELECT version, language, text, sha256, agreed_at FROM agreements
             WHERE tenant_id = $1 AND participation_id = $2",
            uow.context().tenant.as_uuid(),
            id.as_uuid(),
        )
        .fetch_optional(uow.conn())
        .await
        .map_err(store_error)?;
        row.map(|row| {
            Ok(Agreement {
                version: row.version,
                language: pg::stored(&row.language)?,
                text: row.text,
                sha256: row.sha256,
                agreed_at: Some(row.agreed_at),
            })
        })
        .transpose()
    }

    async fn participations_of_investor(
        &self,
        actor: &Actor,
        investor: UserId,
        page: &Page,
    ) -> Result<Vec<Seen>, StoreError> {
        let mut uow = self.unit_of_work(Context::from(actor)).await?;
        list(&mut uow, Of::Investor(investor), page).await
    }

    async fn participations_of_project(
        &self,
        actor: &Actor,
        project: ProjectId,
        page: &Page,
    ) -> Result<Vec<Seen>, StoreError> {
        let mut uow = self.unit_of_work(Context::from(actor)).await?;
        list(&mut uow, Of::Project(project), page).await
    }
}

/// Whose list.
enum Of {
    Investor(UserId),
    Project(ProjectId),
}

/// Ids made later sort later, so that the order of ids is the order of time.
async fn list(uow: &mut Uow, of: Of, page: &Page) -> Result<Vec<Seen>, StoreError> {
    let tenant = uow.context().tenant.as_uuid();
    let (investor, project) = match of {
        Of::Investor(investor) => (Some(investor.as_uuid()), None),
        Of::Project(project) => (None, Some(project.as_uuid())),
    };
    let states: Vec<String> = page.states.iter().map(ToString::to_string).collect();
    let share_type = page.share_type.map(<&str>::from);
    let after = page.after.map(ParticipationId::as_uuid);
    let rows: Result<Vec<ParticipationRow>, sqlx::Error> = match page.sort {
        Sort::Newest => {
            participations!(
                "AND ($2::uuid IS NULL OR p.investor_id = $2)
                 AND ($3::uuid IS NULL OR p.project_id = $3)
                 AND (cardinality($4::text[]) = 0 OR p.state = ANY ($4))
                 AND ($5::text IS NULL OR p.share_type = $5)
                 AND ($6::uuid IS NULL OR p.participation_id < $6)
                 ORDER BY p.participation_id DESC LIMIT $7",
                tenant,
                investor,
                project,
                &states,
                share_type,
                after,
                page.first,
            )
            .fetch_all(uow.conn())
            .await
        }
        Sort::Amount => {
            participations!(
                "AND ($2::uuid IS NULL OR p.investor_id = $2)
                 AND ($3::uuid IS NULL OR p.project_id = $3)
                 AND (cardinality($4::text[]) = 0 OR p.state = ANY ($4))
                 AND ($5::text IS NULL OR p.share_type = $5)
                 AND ($6::uuid IS NULL OR (p.amount_minor, p.participation_id) < (
                     SELECT amount_minor, participation_id FROM participations
                     WHERE tenant_id = $1 AND participation_id = $6))
                 ORDER BY p.amount_minor DESC, p.participation_id DESC LIMIT $7",
                tenant,
                investor,
                project,
                &states,
                share_type,
                after,
                page.first,
            )
            .fetch_all(uow.conn())
            .await
        }
    };
    let rows = rows.map_err(store_error)?;
    rows.into_iter().map(Seen::try_from).collect()
}
