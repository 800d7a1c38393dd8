//! What people say of themselves, the papers behind it, and verifications that are taken away.

use authz::Role;
use axum::body::Body;
use contracts::users as pb;
use link::Refusal;
use testkit::Person;
use tonic::{Response, Status};
use tower::ServiceExt as _;

use crate::house::House;

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n";

fn told<T>(answer: Result<Response<T>, Status>) -> Result<T, String> {
    let answer = answer.map(Response::into_inner);
    answer.map_err(|status| Refusal::from_status(&status).unwrap().code)
}

impl House {
    async fn ticket(
        &self,
        by: &Person,
        media: &str,
        length: usize,
    ) -> Result<pb::KycUpload, String> {
        let message = pb::RequestKycUploadRequest {
            media_type: media.to_owned(),
            length: i64::try_from(length).unwrap(),
        };
        let answer = self
            .users
            .clone()
            .request_kyc_upload(self.by(by, message))
            .await;
        told(answer).map(|reply| reply.upload.unwrap())
    }

    async fn send(&self, upload: &pb::KycUpload, media: &str, bytes: &'static [u8]) -> u16 {
        let path = upload.url.strip_prefix("http://papers.test").unwrap();
        let request = axum::http::Request::put(path)
            .header("content-type", media)
            .body(Body::from(bytes))
            .unwrap();
        let door = blob::door(self.blobs.clone());
        door.oneshot(request).await.unwrap().status().as_u16()
    }

    async fn attach(
        &self,
        by: &Person,
        key: &str,
        upload: &pb::KycUpload,
    ) -> Result<pb::KycDocument, String> {
        let message = pb::AttachKycDocumentRequest {
            idempotency_key: key.to_owned(),
            kind: "ID_FRONT".to_owned(),
            upload_id: upload.upload_id.clone(),
        };
        let answer = self
            .users
            .clone()
            .attach_kyc_document(self.by(by, message))
            .await;
        told(answer).map(|reply| reply.document.unwrap())
    }

    async fn view(&self, by: &Person, key: &str, of: (&Person, &str)) -> Result<String, String> {
        let message = pb::ViewKycDocumentRequest {
            idempotency_key: key.to_owned(),
            user_id: of.0.id.to_string(),
            document_id: of.1.to_owned(),
        };
        let answer = self
            .users
            .clone()
            .view_kyc_document(self.by(by, message))
            .await;
        told(answer).map(|reply| reply.url)
    }

    async fn papers(&self, by: &Person, of: &Person) -> Result<Vec<pb::KycDocument>, String> {
        let message = pb::KycDocumentsRequest {
            user_id: of.id.to_string(),
        };
        let answer = self.users.clone().kyc_documents(self.by(by, message)).await;
        told(answer).map(|reply| reply.documents)
    }

    async fn suspend(&self, by: &Person, key: &str, of: &Person) -> Result<String, String> {
        let message = pb::SuspendKycRequest {
            idempotency_key: key.to_owned(),
            user_id: of.id.to_string(),
            reason: "A hint from the bank".to_owned(),
        };
        let answer = self.users.clone().suspend_kyc(self.by(by, message)).await;
        told(answer).map(|reply| reply.profile.unwrap().kyc_state)
    }

    async fn say(&self, by: &Person, key: &str, name: &str) -> Result<pb::Profile, String> {
        let message = pb::UpdateProfileRequest {
            idempotency_key: key.to_owned(),
            display_name: name.to_owned(),
            language: "es".to_owned(),
            country: "CL".to_owned(),
            phone: "+56 9 1234 5678".to_owned(),
        };
        let answer = self
            .users
            .clone()
            .update_profile(self.by(by, message))
            .await;
        told(answer).map(|reply| reply.profile.unwrap())
    }
}

#[tokio::test]
async fn a_paper_is_kept_once_and_each_look_of_an_administrator_is_recorded() {
    let house = House::open().await;
    let [lucia, admin] = [Role::Investor, Role::Admin].map(|role| house.person(&[role]));
    let refused = house.ticket(&lucia, "image/svg+xml", 10).await;
    assert_eq!(refused.unwrap_err(), "media_not_taken");
    let refused = house.ticket(&lucia, "application/pdf", 0).await;
    assert_eq!(refused.unwrap_err(), "upload_length");
    let upload = house
        .ticket(&lucia, "application/pdf", PDF.len())
        .await
        .unwrap();
    let early = house.attach(&lucia, "front", &upload).await;
    assert_eq!(early.unwrap_err(), "upload_missing");
    assert_eq!(house.send(&upload, "application/pdf", PDF).await, 204);
    let thief = house.attach(&admin, "front", &upload).await;
    assert_eq!(thief.unwrap_err(), "upload_unknown");
    let kept = house.attach(&lucia, "front", &upload).await.unwrap();
    assert_eq!(house.attach(&lucia, "front", &upload).await.unwrap(), kept);
    assert_eq!(
        (kept.length, kept.media_type.as_str()),
        (35, "application/pdf")
    );

    house
        .submit(&lucia, "one", "Lucía Fernández")
        .await
        .unwrap();
    let queue = house.by(&admin, pb::KycQueueRequest {});
    let queue = house.users.clone().kyc_queue(queue).await.unwrap();
    let queue = queue.into_inner();
    assert_eq!(queue.submissions[0].documents, std::slice::from_ref(&kept));
    assert_eq!(queue.submissions[0].document_number, "45128890");
    assert_eq!(
        house.papers(&lucia, &lucia).await.unwrap(),
        std::slice::from_ref(&kept)
    );
    let stranger = house.person(&[Role::Investor]);
    assert_eq!(
        house.papers(&stranger, &lucia).await.unwrap_err(),
        "forbidden"
    );
    let id = kept.document_id.as_str();
    assert_eq!(
        house.view(&lucia, "look", (&lucia, id)).await.unwrap_err(),
        "forbidden"
    );
    assert_eq!(
        house.view(&admin, "a", (&stranger, id)).await.unwrap_err(),
        "no_such_paper"
    );
    for key in ["look", "look", "look again"] {
        let url = house.view(&admin, key, (&lucia, id)).await.unwrap();
        let path = url.strip_prefix("http://papers.test").unwrap();
        let request = axum::http::Request::get(path).body(Body::empty()).unwrap();
        let answer = blob::door(house.blobs.clone())
            .oneshot(request)
            .await
            .unwrap();
        assert_eq!(answer.status().as_u16(), 200);
    }
    assert_eq!(
        house.recorded(lucia.id).await,
        [
            "KycDocumentAttached",
            "KycSubmitted",
            "KycDocumentViewed",
            "KycDocumentViewed"
        ]
    );
    assert_eq!(house.findings().await, [""; 0]);
}

#[tokio::test]
async fn a_file_that_lies_about_itself_leaves_no_row() {
    let house = House::open().await;
    let lucia = house.person(&[Role::Investor]);
    let upload = house.ticket(&lucia, "image/png", PDF.len()).await.unwrap();
    assert_eq!(house.send(&upload, "image/png", PDF).await, 204);
    let refused = house.attach(&lucia, "front", &upload).await;
    assert_eq!(refused.unwrap_err(), "upload_not_that");
    assert_eq!(house.papers(&lucia, &lucia).await.unwrap(), []);
    assert_eq!(house.recorded(lucia.id).await, [""; 0]);
}

#[tokio::test]
async fn a_verification_is_taken_away_by_another_and_can_be_won_back() {
    let house = House::open().await;
    let (lucia, admin) = (
        house.person(&[Role::Investor]),
        house.person(&[Role::Admin]),
    );
    house
        .submit(&lucia, "one", "Lucía Fernández")
        .await
        .unwrap();
    let early = house.suspend(&admin, "stop", &lucia).await;
    assert_eq!(early.unwrap_err(), "kyc_nothing_to_suspend");
    house.verify(&admin, "yes", lucia.id).await.unwrap();
    assert_eq!(
        house.suspend(&lucia, "stop", &lucia).await.unwrap_err(),
        "forbidden"
    );
    for _repeated in 0..2 {
        assert_eq!(
            house.suspend(&admin, "stop", &lucia).await.unwrap(),
            "SUSPENDED"
        );
    }
    let profile = house.profile(&lucia, "").await.unwrap();
    assert_eq!(profile.kyc_reason, "A hint from the bank");
    assert_eq!(profile.kyc_valid_until, "");
    assert_eq!(house.findings().await, [""; 0]);
    house
        .submit(&lucia, "two", "Lucía Fernández")
        .await
        .unwrap();
    assert_eq!(
        house.verify(&admin, "again", lucia.id).await.unwrap(),
        "VERIFIED"
    );
    assert_eq!(
        house.recorded(lucia.id).await,
        [
            "KycSubmitted",
            "KycVerified",
            "KycSuspended",
            "KycSubmitted",
            "KycVerified"
        ]
    );
}

#[tokio::test]
async fn what_people_say_of_themselves_is_what_others_see() {
    let house = House::open().await;
    let lucia = house.person(&[Role::Investor]);
    house
        .submit(&lucia, "one", "Lucía Fernández Rojas")
        .await
        .unwrap();
    assert_eq!(
        house.say(&lucia, "bad", &"x".repeat(81)).await.unwrap_err(),
        "malformed"
    );
    for _repeated in 0..2 {
        let profile = house.say(&lucia, "say", "Lucía F.").await.unwrap();
        assert_eq!(profile.display_name, "Lucía F.");
        assert_eq!(
            (profile.country.as_str(), profile.phone.as_str()),
            ("CL", "+56912345678")
        );
    }
    let silent = house.say(&lucia, "take it back", "").await.unwrap();
    assert_eq!(silent.display_name, "Lucía Fernández Rojas");
    assert_eq!(
        house.recorded(lucia.id).await,
        ["KycSubmitted", "ProfileUpdated", "ProfileUpdated"]
    );
}
