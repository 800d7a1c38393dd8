//! Two commands about one wallet, payout, deposit or bank reference at the same moment, on two
//! replicas: what is there is spent once, who comes too late is told why, and the books add up.

use authz::Role;
use contracts::accounting as pb;
use contracts::users::KycVerified;
use link::Refusal;
use testkit::Person;

use crate::decisions::{invoice, match_claim, pay, sold};
use crate::deposits::{balance, give_back, match_to, suspense, unmatched};
use crate::house::{House, ask, minor, usd};
use crate::project::{Project, executing, second_person_above};

const ROUNDS: usize = 6;

/// A person with a verified identity, money and an account to be paid to, and a project that is
/// open for it.
struct Purse {
    who: Person,
    project: Project,
    deposit: String,
}

impl Purse {
    async fn with(house: &House, treasurer: &Person, minor: i64) -> Self {
        let who = house.person(Role::Investor);
        let verified = KycVerified {
            user_id: who.id.to_string(),
            country: "PE".to_owned(),
            valid_until: String::new(),
            verified_by: treasurer.id.to_string(),
        };
        house.told(&verified).await.unwrap();
        house.registered(who.id).await;
        let account = pb::SetPayoutAccountRequest {
            idempotency_key: "account".to_owned(),
            country: "PE".to_owned(),
            number: "002-193-002214477061-11".to_owned(),
        };
        ask!(house, &who, set_payout_account, account).unwrap();
        let reference = format!("IN-{}", who.id);
        let booked = pb::BookDepositRequest {
            idempotency_key: reference.clone(),
            user_id: who.id.to_string(),
            amount: usd(minor),
            bank_reference: reference,
        };
        let booked = ask!(house, treasurer, book_deposit, booked).unwrap();
        let project = Project::new(&house.person(Role::Owner));
        house.told(&project.funding_opened()).await.unwrap();
        Self {
            who,
            project,
            deposit: booked.transfer_id,
        }
    }

    async fn wallet(&self, house: &House) -> [i64; 2] {
        let message = pb::WalletRequest {
            currency: "USD".to_owned(),
            ..Default::default()
        };
        let wallet = ask!(house, &self.who, wallet, message).unwrap();
        [wallet.balance, wallet.available].map(|one| minor(one.as_ref()))
    }

    async fn pay_out(&self, house: &House, key: &str, minor: i64) -> Result<pb::Payout, Refusal> {
        let message = pb::RequestPayoutRequest {
            idempotency_key: key.to_owned(),
            amount: usd(minor),
        };
        let reply = ask!(house, &self.who, request_payout, message)?;
        Ok(reply.payout.unwrap())
    }
}

/// What takes 60 out of a wallet of 100, or all of it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Spend {
    Payout,
    Hold,
    Return,
}

impl Spend {
    /// Whether it was let.
    async fn of(self, house: &House, treasurer: &Person, (purse, key): (&Purse, &str)) -> bool {
        let refused = match self {
            Self::Payout => purse.pay_out(house, key, 60).await.err(),
            Self::Return => give_back(house, treasurer, &purse.deposit, key).await.err(),
            Self::Hold => {
                let one = Project::request(purse.who.id, 60, "PROFIT_ONLY");
                house.told(&purse.project.requested(&one)).await.unwrap();
                return false;
            }
        };
        if let Some(refusal) = &refused {
            assert_eq!(refusal.code, "exceeds_credits");
        }
        refused.is_none()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_meets_at_a_wallet_spends_what_is_there_once() {
    use Spend::*;
    let house = House::open().await;
    let treasurer = house.person(Role::Treasurer);
    for (first, second) in [
        (Payout, Hold),
        (Payout, Payout),
        (Hold, Hold),
        (Hold, Return),
    ] {
        for round in 0..ROUNDS {
            let purse = Purse::with(&house, &treasurer, 100).await;
            let keys = ["a", "b"].map(|one| format!("{one}{round}{}", purse.who.id));
            let (one, other) = tokio::join!(
                first.of(&house, &treasurer, (&purse, &keys[0])),
                second.of(&house, &treasurer, (&purse, &keys[1])),
            );
            // Counted by what there is, not by sums that one may have written over the other's.
            let escrow = house.escrow(&treasurer, purse.project.id).await;
            let held = minor(escrow.held.as_ref());
            let done = usize::from(one) + usize::from(other);
            let case = format!("{first:?} × {second:?}: {one} {other}, {held} held");
            assert_eq!(done + usize::from(held > 0), 1, "{case}");
            let [balance, available] = purse.wallet(&house).await;
            let left = match (held, balance) {
                (_, 0) => 0,
                (0 | 60, _) => 40,
                _ => panic!("{case}"),
            };
            assert_eq!(available, left, "{case}");
        }
    }
    house.assert_sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_payouts_that_pass_the_limit_together_one_needs_a_second_person() {
    let house = House::open().await;
    let treasurer = house.person(Role::Treasurer);
    let slice = second_person_above() - 1;
    for _ in 0..ROUNDS {
        let purse = Purse::with(&house, &treasurer, 2 * slice).await;
        let (one, other) = tokio::join!(
            purse.pay_out(&house, "a", slice),
            purse.pay_out(&house, "b", slice),
        );
        let needs = [one, other].map(|one| one.unwrap().needs_agreement);
        assert_eq!(needs.iter().filter(|needs| **needs).count(), 1);
    }
}

/// What ends a payout that waits for the bank, or takes it further.
#[derive(Clone, Copy, Debug)]
enum Word {
    Confirm,
    Fail,
    Agree,
}

impl Word {
    async fn about(self, house: &House, by: &Person, (id, key): (&str, &str)) -> Option<String> {
        let (idempotency_key, payout_id) = (format!("{key}-{id}"), id.to_owned());
        let said = match self {
            Self::Confirm => {
                let message = pb::ConfirmPayoutRequest {
                    bank_reference: format!("OUT-{key}-{id}"),
                    idempotency_key,
                    payout_id,
                };
                ask!(house, by, confirm_payout, message).err()
            }
            Self::Fail => {
                let message = pb::FailPayoutRequest {
                    idempotency_key,
                    payout_id,
                    reason: "the bank said no".to_owned(),
                };
                ask!(house, by, fail_payout, message).err()
            }
            Self::Agree => {
                let message = pb::AgreePayoutRequest {
                    idempotency_key,
                    payout_id,
                };
                ask!(house, by, agree_payout, message).err()
            }
        };
        said.map(|refusal| refusal.code)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payout_is_agreed_once_and_ends_once() {
    use Word::*;
    let house = House::open().await;
    let [treasurer, admin] = [Role::Treasurer, Role::Admin].map(|role| house.person(role));
    let (elena, other_admin) = (house.person(Role::Treasurer), house.person(Role::Admin));
    let large = second_person_above() + 1;
    for (first, second, amount, late) in [
        (Confirm, Fail, 60, "already_decided"),
        (Confirm, Confirm, 60, "already_decided"),
        (Fail, Fail, 60, "already_decided"),
        (Agree, Agree, large, "nothing_to_agree"),
    ] {
        let decides = |word: Word, [one, other]: [&'_ Person; 2]| match word {
            Agree => other.clone(),
            Confirm | Fail => one.clone(),
        };
        let people = [[&treasurer, &admin], [&elena, &other_admin]];
        let [one, other] = [decides(first, people[0]), decides(second, people[1])];
        for _ in 0..ROUNDS {
            let purse = Purse::with(&house, &treasurer, large).await;
            let payout = purse.pay_out(&house, "p", amount).await.unwrap();
            let id = payout.payout_id.as_str();
            let (a, b) = tokio::join!(
                first.about(&house, &one, (id, "a")),
                second.about(&house, &other, (id, "b")),
            );
            let late = Some(late.to_owned());
            let case = format!("{first:?} × {second:?}: {a:?} {b:?}");
            assert!(
                [(None, late.clone()), (late, None)].contains(&(a, b)),
                "{case}"
            );
        }
    }
    house.assert_sound().await;
}

/// What can bear a bank's reference.
#[derive(Clone, Copy, Debug)]
enum Movement {
    Deposit,
    Proceeds,
    Recovery,
    Disbursement,
    Payout,
    Return,
}

struct Bank {
    house: House,
    treasurer: Person,
    project: Project,
}

impl Bank {
    /// Has ready what `movement` books under a reference; the answer does it.
    async fn ready(&self, movement: Movement, key: String) -> Ready<'_> {
        let (house, treasurer, project) = (&self.house, &self.treasurer, &self.project);
        let id = match movement {
            Movement::Deposit | Movement::Recovery => String::new(),
            Movement::Proceeds => sold(house, project).await.to_string(),
            Movement::Disbursement => {
                let message = invoice(project, &key, 1);
                let asked = ask!(house, &project.owner, request_disbursement, message).unwrap();
                asked.disbursement.unwrap().disbursement_id
            }
            Movement::Payout => {
                let purse = Purse::with(house, treasurer, 60).await;
                purse.pay_out(house, "p", 60).await.unwrap().payout_id
            }
            Movement::Return => Purse::with(house, treasurer, 60).await.deposit,
        };
        Ready {
            bank: self,
            movement,
            key,
            id,
        }
    }
}

struct Ready<'a> {
    bank: &'a Bank,
    movement: Movement,
    key: String,
    id: String,
}

impl Ready<'_> {
    async fn book(&self, reference: &str) -> Option<String> {
        let Bank {
            house,
            treasurer,
            project,
        } = self.bank;
        let (idempotency_key, bank_reference) = (self.key.clone(), reference.to_owned());
        let (project_id, amount) = (project.id.to_string(), usd(500));
        let refused = match self.movement {
            Movement::Deposit => {
                let message = pb::BookUnmatchedDepositRequest {
                    idempotency_key,
                    amount,
                    bank_reference,
                    note: String::new(),
                };
                ask!(house, treasurer, book_unmatched_deposit, message).err()
            }
            Movement::Proceeds => {
                let message = pb::MatchProceedsRequest {
                    idempotency_key: String::new(),
                    project_id,
                    claim_id: self.id.clone(),
                    amount,
                    bank_reference,
                };
                let matched = match_claim(house, treasurer, &message, &self.key).await;
                matched.err()
            }
            Movement::Recovery => {
                let message = pb::RecordRecoveryRequest {
                    idempotency_key,
                    project_id,
                    line_name: "GOODS".to_owned(),
                    amount,
                    bank_reference,
                    kind: "INDEMNITY".to_owned(),
                    document: "POL-9".to_owned(),
                };
                ask!(house, treasurer, record_recovery, message).err()
            }
            Movement::Disbursement => {
                let key = (self.key.as_str(), reference);
                pay(house, treasurer, key, &self.id).await.err()
            }
            Movement::Payout => {
                let message = pb::ConfirmPayoutRequest {
                    idempotency_key,
                    payout_id: self.id.clone(),
                    bank_reference,
                };
                ask!(house, treasurer, confirm_payout, message).err()
            }
            Movement::Return => give_back(house, treasurer, &self.id, reference).await.err(),
        };
        refused.map(|refusal| refusal.code)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reference_of_the_bank_is_one_movement_whatever_it_is_booked_as() {
    use Movement::*;
    let house = House::open().await;
    let treasurer = house.person(Role::Treasurer);
    let (project, _) = executing(&house, &treasurer).await;
    let bank = Bank {
        house,
        treasurer,
        project,
    };
    for (pair, (first, second)) in [
        (Deposit, Deposit),
        (Deposit, Proceeds),
        (Proceeds, Recovery),
        (Recovery, Recovery),
        (Disbursement, Disbursement),
        (Disbursement, Payout),
        (Payout, Payout),
        (Payout, Return),
        (Return, Disbursement),
    ]
    .into_iter()
    .enumerate()
    {
        for round in 0..ROUNDS / 2 {
            let reference = format!("REF-{pair}-{round}");
            let one = bank.ready(first, format!("{reference}-a")).await;
            let other = bank.ready(second, format!("{reference}-b")).await;
            let lower = reference.to_lowercase();
            let (a, b) = tokio::join!(one.book(&reference), other.book(&lower));
            let used = Some("bank_reference_used".to_owned());
            let case = format!("{first:?} × {second:?}: {a:?} {b:?}");
            assert!(
                [(None, used.clone()), (used, None)].contains(&(a, b)),
                "{case}"
            );
        }
    }
    bank.house.escrow(&bank.treasurer, bank.project.id).await;
    bank.house.assert_sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deposit_finds_one_user_and_goes_back_once() {
    let house = House::open().await;
    let treasurer = house.person(Role::Treasurer);
    let people = [Role::Investor, Role::Owner].map(|role| house.person(role));
    for who in &people {
        house.registered(who.id).await;
    }
    let [ana, ben] = &people;
    for round in 0..ROUNDS {
        let [first, second, third] = ["a", "b", "c"].map(|one| format!("{one}{round}"));
        let mut ids = Vec::new();
        for key in [&first, &second, &third] {
            let booked = unmatched(key, key);
            let booked = ask!(house, &treasurer, book_unmatched_deposit, booked).unwrap();
            ids.push(booked.deposit.unwrap().transfer_id);
        }
        let (one, other) = tokio::join!(
            match_to(&house, &treasurer, &ids[0], ana.id),
            match_to(&house, &treasurer, &ids[0], ben.id),
        );
        told_once(one, other, "deposit_matched");
        let outs = ["OUT", "OUT2"].map(|out| format!("{out}-{second}"));
        let (one, other) = tokio::join!(
            give_back(&house, &treasurer, &ids[1], &outs[0]),
            give_back(&house, &treasurer, &ids[1], &outs[1]),
        );
        told_once(one, other, "deposit_returned");
        // Found and returned at once: it goes back from wherever it is.
        let out = format!("OUT-{third}");
        let (found, back) = tokio::join!(
            match_to(&house, &treasurer, &ids[2], ana.id),
            give_back(&house, &treasurer, &ids[2], &out),
        );
        back.unwrap();
        if let Err(late) = found {
            assert_eq!(late.code, "deposit_returned");
        }
        let wallets = balance(&house, ana).await + balance(&house, ben).await;
        assert_eq!(wallets, 500 * i64::try_from(round + 1).unwrap());
        assert!(suspense(&house, &treasurer).await.is_empty());
    }
    house.assert_sound().await;
}

/// One was done, and the other told that it was.
pub fn told_once<T>(one: Result<T, Refusal>, other: Result<T, Refusal>, code: &str) {
    match (one, other) {
        (Ok(_), Err(late)) | (Err(late), Ok(_)) => assert_eq!(late.code, code),
        (Ok(_), Ok(_)) => panic!("both were done, not one: {code}"),
        (Err(one), Err(other)) => panic!("neither was done: {} {}", one.code, other.code),
    }
}
