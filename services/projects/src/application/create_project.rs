//! An owner begins a project with its sheet.

use authz::Actor;
use costing::{CostingError, Rates, Sheet, SheetError, read_sheet, read_workbook_with};
use ids::ProjectId;
use money::Currency;
use serde::Serialize;
use uow::{IdempotencyKey, StoreError, UnusableKey};

use super::App;
use crate::domain::{Description, ImportProject, Refusal, SheetRefusal};

/// What a project begins with.
#[derive(Clone, Debug, Serialize)]
pub struct CreateProject {
    /// What people read.
    pub name: String,
    /// What people read.
    pub summary: String,
    /// What people read.
    pub risk_text: String,
    /// Whose rules apply.
    pub jurisdiction: String,
    /// Of the project; prices in another one are refused.
    pub currency: Currency,
    /// The goods and the costs.
    pub files: SheetFiles,
}

/// A sheet as `examples/README.md` describes it.
#[derive(Clone, Debug, Serialize)]
pub enum SheetFiles {
    /// Two CSV files.
    Csv {
        /// The goods file.
        goods: Vec<u8>,
        /// The costs file.
        costs: Vec<u8>,
    },
    /// An .xlsx file with two sheets.
    Workbook(Vec<u8>),
}

impl SheetFiles {
    fn read(&self, currency: Currency) -> Result<Sheet, Vec<SheetError>> {
        match self {
            Self::Csv { goods, costs } => read_sheet(goods, costs, currency),
            Self::Workbook(bytes) => read_workbook_with(bytes, currency, Rates::new()),
        }
    }
}

/// Why there is no project.
#[derive(Debug, thiserror::Error)]
pub enum CreateProjectError {
    /// Only a person owns a project.
    #[error("only a person can own a project")]
    Forbidden,
    /// Every place of the files that is wrong.
    #[error("the sheet is wrong in {} places", .0.len())]
    Sheet(Vec<SheetError>),
    /// No costing can be worked out.
    #[error(transparent)]
    Costing(#[from] CostingError),
    /// A rule refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The key can't serve.
    #[error(transparent)]
    Key(#[from] UnusableKey),
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes a draft without terms. The same key gets the same project.
#[tracing::instrument(name = "projects.create_project", skip_all)]
pub async fn create_project(
    app: &App,
    actor: &Actor,
    key: String,
    cmd: CreateProject,
) -> Result<ProjectId, CreateProjectError> {
    let owner = actor.user().ok_or(CreateProjectError::Forbidden)?;
    let key = IdempotencyKey::try_new("create_project", key, &cmd)?;
    let mut tx = app.store.begin(actor).await?;
    if let Some(answer) = tx.answer_to(&key).await? {
        return answer
            .parse()
            .map_err(|err| CreateProjectError::Store(StoreError::failed(err)));
    }
    let CreateProject {
        name,
        summary,
        risk_text,
        jurisdiction,
        currency,
        files,
    } = cmd;
    let description = Description {
        name,
        summary,
        risk_text,
        jurisdiction,
    };

    let sheet = files.read(currency).map_err(CreateProjectError::Sheet)?;
    let project = ImportProject::create(ProjectId::new(), owner, description, sheet, tx.now());
    let project = project.map_err(|refusal| match refusal {
        SheetRefusal::Refused(refusal) => CreateProjectError::Refused(refusal),
        SheetRefusal::Costing(refusal) => CreateProjectError::Costing(refusal),
    })?;

    tx.add_project(&project).await?;
    tx.remember(&key, &project.id.to_string()).await?;
    tx.commit().await?;
    Ok(project.id)
}
