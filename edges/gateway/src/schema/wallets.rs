//! People's money: deposits, wallets, payouts.

use async_graphql::{ComplexObject, Context, ID, Object, Result};
use contracts::accounting as pb;

use super::people::Person;
use crate::calls::{self, ask, writes};
use crate::connection::{Asked, Page, items};
use crate::wire::{Money, MoneyInput, given, shown, words};

words! {
    /// Where a transfer stands.
    TransferPhase { Pending, Posted, Voided, Expired }
}

words! {
    /// Where a payout stands.
    PayoutState { Requested, Agreed, Paid, Failed }
}

words! {
    /// How an account number is made, by its country.
    AccountScheme { Iban, Clabe, Cci, Cbu, Aba, Domestic }
}

shown! {
    /// One's money of one currency.
    Wallet of pb::WalletReply {
        balance: Money,
        /// Set aside for requests and payouts.
        held: Money,
        /// The balance without what is held.
        available: Money,
        /// Nothing is paid out before the owner's identity is verified, again.
        blocked: bool,
    }
}

shown! {
    /// One transfer into or out of a wallet.
    WalletEntry of pb::WalletEntry {
        transfer_id: ID,
        kind: String,
        /// Negative: out of the wallet.
        amount: Money,
        phase: TransferPhase,
        at: String,
        project_id: Option<ID>,
    }
}

items!(WalletEntry: transfer_id);

shown! {
    /// What moved in a wallet in a period.
    WalletStatement of pb::WalletStatementReply {
        opening: Money,
        closing: Money,
    } lists {
        /// What was posted, oldest first; with `opening` it adds up to `closing`.
        entries: WalletEntry,
    }
}

shown! {
    /// Money on its way out of a wallet.
    #[graphql(complex)]
    Payout of pb::Payout {
        payout_id: ID,
        user_id: ID,
        amount: Money,
        state: PayoutState,
        bank_account: String,
        requested_at: String,
        /// A second person must agree first.
        needs_agreement: bool,
        /// Why the bank did not pay.
        failure: Option<String>,
    }
}

#[ComplexObject]
impl Payout {
    /// Whose.
    async fn user(&self) -> Person {
        Person::of(&self.user_id)
    }
}

shown! {
    /// A receipt at the bank.
    Deposit of pb::Deposit {
        transfer_id: ID,
        amount: Money,
        /// Whose wallet it is in; null while it waits in suspense.
        user_id: Option<ID>,
        bank_reference: String,
        /// What the payment says, or why it belongs to nobody.
        note: Option<String>,
        returned: bool,
        /// When it was booked; in the queue alone.
        at: Option<String>,
    }
}

shown! {
    /// Where one is paid out to.
    PayoutAccount of pb::PayoutAccount {
        country: String,
        scheme: AccountScheme,
        /// The last four characters of its number.
        masked: String,
        /// Nothing is paid out to it before.
        usable_from: String,
    }
}

given! {
    BookDepositInput for pb::BookDepositRequest {
        idempotency_key: String,
        user_id: ID,
        amount: MoneyInput,
        /// One deposit a reference.
        bank_reference: String,
    }
}

given! {
    RequestPayoutInput for pb::RequestPayoutRequest {
        idempotency_key: String,
        amount: MoneyInput,
    }
}

given! {
    ConfirmPayoutInput for pb::ConfirmPayoutRequest {
        idempotency_key: String,
        payout_id: ID,
        bank_reference: String,
    }
}

given! {
    BookUnmatchedDepositInput for pb::BookUnmatchedDepositRequest {
        idempotency_key: String,
        amount: MoneyInput,
        bank_reference: String,
        /// What the payment says.
        note: Option<String>,
    }
}

given! {
    MatchDepositInput for pb::MatchDepositRequest {
        idempotency_key: String,
        transfer_id: ID,
        user_id: ID,
    }
}

given! {
    ReturnDepositInput for pb::ReturnDepositRequest {
        idempotency_key: String,
        transfer_id: ID,
        reason: String,
        /// Of the payment back.
        bank_reference: String,
    }
}

given! {
    SetPayoutAccountInput for pb::SetPayoutAccountRequest {
        idempotency_key: String,
        /// ISO 3166-1 alpha-2.
        country: String,
        /// MX by CLABE, PE by CCI, AR by CBU, US as routing-account, CL and CO as bank-account,
        /// others by IBAN.
        number: String,
    }
}

given! {
    AgreePayoutInput for pb::AgreePayoutRequest {
        idempotency_key: String,
        payout_id: ID,
    }
}

given! {
    FailPayoutInput for pb::FailPayoutRequest {
        idempotency_key: String,
        payout_id: ID,
        reason: String,
    }
}

/// What is asked of Accounting about people's money.
#[derive(Default)]
pub struct WalletsQuery;

#[Object]
impl WalletsQuery {
    /// One's own wallet, or for a TREASURER or an AUDITOR another's.
    #[graphql(complexity = "crate::cost::CALL + child_complexity")]
    async fn wallet(
        &self,
        ctx: &Context<'_>,
        user_id: Option<ID>,
        currency: String,
    ) -> Result<Option<Wallet>> {
        let calls = calls::of(ctx);
        let message = pb::WalletRequest {
            user_id: user_id.map(|id| id.0).unwrap_or_default(),
            currency,
        };
        let reply = ask!(calls.read, accounting.wallet(message)).await?;
        calls.show(Some(reply))
    }

    /// A page of a wallet's entries, newest first; of one kind or project where it is given.
    #[expect(
        clippy::too_many_arguments,
        reason = "each is an argument of the field"
    )]
    #[graphql(complexity = "crate::cost::page(first, child_complexity)")]
    async fn wallet_entries(
        &self,
        ctx: &Context<'_>,
        user_id: Option<ID>,
        currency: String,
        kind: Option<String>,
        project_id: Option<ID>,
        #[graphql(default = 20, validator(minimum = 1, maximum = 100))] first: i32,
        after: Option<String>,
    ) -> Result<Option<Page<WalletEntry>>> {
        let calls = calls::of(ctx);
        let page = Asked::of(calls, first, after)?;
        let message = pb::WalletEntriesRequest {
            user_id: user_id.map(|id| id.0).unwrap_or_default(),
            currency,
            kind: kind.unwrap_or_default(),
            project_id: project_id.map(|id| id.0).unwrap_or_default(),
            first,
            after: page.after.clone(),
        };
        let pb::WalletEntriesReply { entries, next } =
            ask!(calls.read, accounting.wallet_entries(message)).await?;
        page.page(calls, entries, &next).map(Some)
    }

    /// What moved in a wallet from a moment on and before another, at most 366 days later.
    #[expect(
        clippy::too_many_arguments,
        reason = "each is an argument of the field"
    )]
    #[graphql(complexity = "crate::cost::whole(child_complexity)")]
    async fn wallet_statement(
        &self,
        ctx: &Context<'_>,
        user_id: Option<ID>,
        currency: String,
        from: String,
        to: String,
    ) -> Result<Option<WalletStatement>> {
        let calls = calls::of(ctx);
        let message = pb::WalletStatementRequest {
            user_id: user_id.map(|id| id.0).unwrap_or_default(),
            currency,
            from,
            to,
        };
        let reply = ask!(calls.read, accounting.wallet_statement(message)).await?;
        calls.show(Some(reply))
    }

    /// What waits for the bank (TREASURER).
    #[graphql(complexity = "crate::cost::whole(child_complexity)")]
    async fn payout_queue(&self, ctx: &Context<'_>) -> Result<Option<Vec<Payout>>> {
        let calls = calls::of(ctx);
        let message = pb::PayoutQueueRequest {};
        let pb::PayoutQueueReply { payouts } =
            ask!(calls.read, accounting.payout_queue(message)).await?;
        calls.show(Some(payouts))
    }

    /// Deposits that wait for their user, oldest first (TREASURER, ADMIN, AUDITOR).
    #[graphql(complexity = "crate::cost::whole(child_complexity)")]
    async fn suspense(&self, ctx: &Context<'_>) -> Result<Option<Vec<Deposit>>> {
        let calls = calls::of(ctx);
        let message = pb::SuspenseRequest {};
        let pb::SuspenseReply { deposits } = ask!(calls.read, accounting.suspense(message)).await?;
        calls.show(Some(deposits))
    }

    /// Where one is paid out to; null where nothing was set yet.
    #[graphql(complexity = "crate::cost::CALL + child_complexity")]
    async fn payout_account(&self, ctx: &Context<'_>) -> Result<Option<PayoutAccount>> {
        let calls = calls::of(ctx);
        let message = pb::PayoutAccountRequest {};
        let pb::PayoutAccountReply { account } =
            ask!(calls.read, accounting.payout_account(message)).await?;
        calls.show(account)
    }
}

writes! {
    /// What Accounting does with people's money.
    WalletsMutation over accounting of pb {
        /// Books money that arrived at the bank (TREASURER).
        book_deposit(BookDepositInput) -> BookDepositPayload of BookDepositReply {
            transfer_id: ID,
            balance: Money,
        }
        /// Books a receipt that nobody is found for: into suspense (TREASURER).
        book_unmatched_deposit(BookUnmatchedDepositInput)
            -> BookUnmatchedDepositPayload of DepositReply { deposit: Deposit }
        /// Its user was found: out of suspense into the wallet (TREASURER, freshly signed in).
        match_deposit(MatchDepositInput) -> MatchDepositPayload of DepositReply {
            deposit: Deposit
        }
        /// Sends a deposit back, out of suspense or out of the wrong wallet (TREASURER, freshly
        /// signed in).
        return_deposit(ReturnDepositInput) -> ReturnDepositPayload of DepositReply {
            deposit: Deposit
        }
        /// Says where one is paid out to; a change pauses payouts for 72 hours.
        set_payout_account(SetPayoutAccountInput)
            -> SetPayoutAccountPayload of PayoutAccountReply { account: PayoutAccount }
        /// Asks for one's own money, to the account that is set.
        request_payout(RequestPayoutInput) -> RequestPayoutPayload of PayoutReply {
            payout: Payout
        }
        /// The second person, above the policy's limit (ADMIN, freshly signed in).
        agree_payout(AgreePayoutInput) -> AgreePayoutPayload of PayoutReply { payout: Payout }
        /// Says that the bank did not pay: the money goes back into the wallet (TREASURER).
        fail_payout(FailPayoutInput) -> FailPayoutPayload of PayoutReply { payout: Payout }
        /// Says that the bank paid (TREASURER).
        confirm_payout(ConfirmPayoutInput) -> ConfirmPayoutPayload of PayoutReply {
            payout: Payout
        }
    }
}
