//! What stands beside a project: images and documents, the steps of its shipment, its owner's
//! updates, questions and answers.

use async_graphql::{ID, Result};
use contracts::projects as pb;

use super::Project;
use crate::calls::{Calls, ask, writes};
use crate::connection::{Asked, Page, items};
use crate::wire::{given, shown, words};

words! {
    /// What a file is for a project.
    DocumentKind {
        Image, Invoice, Proforma, Contract, BillOfLading, CustomsDeclaration, Certificate, Other,
    }
}

words! {
    /// Who may open a document, beside the owner and staff.
    Visibility {
        /// Whoever sees the project.
        Public,
        /// Whoever has money in it.
        Participants,
        /// Nobody else.
        Staff,
    }
}

words! {
    /// The steps of a shipment, in their order.
    MilestoneKind {
        PurchaseOrder, Production, Inspection, Shipped, InTransit, ArrivedPort, CustomsCleared,
        Warehouse,
    }
}

shown! {
    /// A file beside a project.
    Document of pb::Document {
        document_id: ID,
        kind: DocumentKind,
        title: String,
        visibility: Visibility,
        /// Of its bytes, lower-case hex.
        sha256: String,
        media_type: String,
        /// In bytes.
        length: i64,
        attached_at: String,
        /// The document that it took the place of.
        supersedes: Option<ID>,
        /// Where it is, for five minutes.
        url: String,
    }
}

shown! {
    /// One step of a shipment.
    Milestone of pb::Milestone {
        milestone_id: ID,
        kind: MilestoneKind,
        note: Option<String>,
        occurred_at: String,
        /// The document that shows it.
        document_id: Option<ID>,
    }
}

shown! {
    /// What the owner tells.
    Update of pb::Update {
        update_id: ID,
        title: String,
        text: String,
        document_ids: Vec<ID>,
        posted_at: String,
    }
}

shown! {
    /// What somebody asks, and what the owner answers.
    Question of pb::Question {
        question_id: ID,
        text: String,
        asked_at: String,
        answer: Option<String>,
        answered_at: Option<String>,
        /// For whoever asked, the owner and staff.
        asked_by: Option<ID>,
        /// Not null: hidden from everybody else.
        hidden_because: Option<String>,
    }
}

items! {
    Milestone: milestone_id,
    Update: update_id,
    Question: question_id,
}

/// The images of a project, or its other files.
pub async fn documents(calls: &Calls, project_id: String, images: bool) -> Result<Vec<Document>> {
    let message = pb::DocumentListRequest { project_id };
    let reply = ask!(calls.read, projects.document_list(message)).await?;
    let documents: Vec<Document> = calls.show(reply.documents)?;
    let wanted = documents.into_iter();
    let wanted = wanted.filter(|one| (one.kind == DocumentKind::Image) == images);
    Ok(wanted.collect())
}

fn of_project(project_id: &str, page: &Asked) -> pb::NewsRequest {
    pb::NewsRequest {
        project_id: project_id.to_owned(),
        first: page.first,
        after: page.after.clone(),
    }
}

/// The steps of a project's shipment.
pub async fn milestones(calls: &Calls, project: &str, page: Asked) -> Result<Page<Milestone>> {
    let message = of_project(project, &page);
    let pb::MilestoneListReply { milestones, next } =
        ask!(calls.read, projects.milestone_list(message)).await?;
    page.page(calls, milestones, &next)
}

/// What its owner tells.
pub async fn updates(calls: &Calls, project: &str, page: Asked) -> Result<Page<Update>> {
    let message = of_project(project, &page);
    let pb::UpdateListReply { updates, next } =
        ask!(calls.read, projects.update_list(message)).await?;
    page.page(calls, updates, &next)
}

/// What people ask.
pub async fn questions(calls: &Calls, project: &str, page: Asked) -> Result<Page<Question>> {
    let message = of_project(project, &page);
    let pb::QuestionListReply { questions, next } =
        ask!(calls.read, projects.question_list(message)).await?;
    page.page(calls, questions, &next)
}

given! {
    RequestUploadInput for pb::RequestUploadRequest {
        project_id: ID,
        kind: DocumentKind,
        /// `image/jpeg`, `image/png`, `image/webp` or, where it is no image, `application/pdf`.
        media_type: String,
        /// Exactly so many bytes.
        length: i64,
    }
}

given! {
    AttachDocumentInput for pb::AttachDocumentRequest {
        idempotency_key: String,
        project_id: ID,
        upload_id: String,
        kind: DocumentKind,
        title: String,
        /// An image is for everybody.
        visibility: Visibility,
        /// The document that it takes the place of.
        supersedes: Option<ID>,
    }
}

given! {
    RemoveImageInput for pb::RemoveImageRequest {
        idempotency_key: String,
        project_id: ID,
        document_id: ID,
    }
}

given! {
    RecordMilestoneInput for pb::RecordMilestoneRequest {
        idempotency_key: String,
        project_id: ID,
        kind: MilestoneKind,
        note: Option<String>,
        /// RFC 3339; not in the future, and not before the step before.
        occurred_at: String,
        document_id: Option<ID>,
    }
}

given! {
    PostUpdateInput for pb::PostUpdateRequest {
        idempotency_key: String,
        project_id: ID,
        title: String,
        text: String,
        document_ids: Option<Vec<ID>>,
    }
}

given! {
    AskQuestionInput for pb::AskQuestionRequest {
        idempotency_key: String,
        project_id: ID,
        text: String,
    }
}

given! {
    AnswerQuestionInput for pb::AnswerQuestionRequest {
        idempotency_key: String,
        project_id: ID,
        question_id: ID,
        text: String,
    }
}

given! {
    HideQuestionInput for pb::HideQuestionRequest {
        idempotency_key: String,
        project_id: ID,
        question_id: ID,
        reason: String,
    }
}

writes! {
    /// What people put beside a project.
    NewsMutation over projects of pb {
        /// Where to send a file, by PUT with exactly this type and length (OWNER). Nothing is
        /// stored until it is attached.
        request_upload(RequestUploadInput) -> RequestUploadPayload of RequestUploadReply {
            upload_id: String,
            url: String,
            expires_at: String,
        }
        /// Puts a file that was sent beside the project (OWNER).
        attach_document(AttachDocumentInput) -> AttachDocumentPayload of AttachDocumentReply {
            project: Project,
            document_id: ID,
        }
        /// Takes an image out of a draft (OWNER).
        remove_image(RemoveImageInput) -> RemoveImagePayload of ProjectReply { project: Project }
        /// Says how far the shipment is (OWNER).
        record_milestone(RecordMilestoneInput) -> RecordMilestonePayload of ProjectReply {
            project: Project
        }
        /// Tells how it goes (OWNER).
        post_update(PostUpdateInput) -> PostUpdatePayload of ProjectReply { project: Project }
        /// Asks the owner something, for everybody to read (INVESTOR).
        ask_question(AskQuestionInput) -> AskQuestionPayload of AskQuestionReply {
            project: Project,
            question_id: ID,
        }
        /// Answers it, once (OWNER).
        answer_question(AnswerQuestionInput) -> AnswerQuestionPayload of ProjectReply {
            project: Project
        }
        /// Hides a question from the public, with a reason (ADMIN).
        hide_question(HideQuestionInput) -> HideQuestionPayload of ProjectReply {
            project: Project
        }
    }
}
