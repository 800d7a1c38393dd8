-- The books (domain.md §5, §7, §9). Amounts are minor units of the row's currency.

-- The ledger's accounts; at most one per kind, owner and currency. `owner_id` is the user's or the
-- project's; the nil UUID for the tenant's own accounts.
CREATE TABLE accounts (
    tenant_id uuid NOT NULL,
    account_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('WALLET', 'ESCROW_CAPITAL', 'ESCROW_PROCEEDS', 'CUSTODY_BANK',
        'PLATFORM_FEES', 'TAX_PAYABLE', 'SUSPENSE')),
    owner_id uuid NOT NULL,
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    debits_posted bigint NOT NULL DEFAULT 0 CHECK (debits_posted >= 0),
    credits_posted bigint NOT NULL DEFAULT 0 CHECK (credits_posted >= 0),
    debits_pending bigint NOT NULL DEFAULT 0 CHECK (debits_pending >= 0),
    credits_pending bigint NOT NULL DEFAULT 0 CHECK (credits_pending >= 0),
    PRIMARY KEY (tenant_id, account_id),
    UNIQUE (tenant_id, kind, owner_id, currency),
    CHECK ((kind IN ('WALLET', 'ESCROW_CAPITAL', 'ESCROW_PROCEEDS'))
        = (owner_id <> '00000000-0000-0000-0000-000000000000')),
    -- No account goes below zero, holds counted.
    CHECK (CASE kind
        WHEN 'CUSTODY_BANK' THEN debits_posted - credits_posted - credits_pending >= 0
        ELSE credits_posted - debits_posted - debits_pending >= 0 END)
);
SELECT tenant_table('accounts', 'SELECT, INSERT, UPDATE');
SELECT worker_table('accounts', 'SELECT');

-- What was booked. A row never changes: a hold's end is a row of its own that names the hold.
CREATE TABLE transfers (
    tenant_id uuid NOT NULL,
    transfer_id uuid NOT NULL,
    seq bigint GENERATED ALWAYS AS IDENTITY,
    kind text NOT NULL CHECK (kind IN ('POSTED', 'PENDING', 'POST_PENDING', 'VOID_PENDING', 'EXPIRE_PENDING')),
    pending_id uuid,
    debit_account uuid NOT NULL,
    credit_account uuid NOT NULL,
    amount bigint NOT NULL CHECK (amount > 0 AND amount <= 1000000000000000),
    currency text NOT NULL,
    purpose text NOT NULL,
    project_id uuid,
    at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, transfer_id),
    FOREIGN KEY (tenant_id, debit_account) REFERENCES accounts,
    FOREIGN KEY (tenant_id, credit_account) REFERENCES accounts,
    FOREIGN KEY (tenant_id, pending_id) REFERENCES transfers,
    -- A hold ends once.
    UNIQUE (tenant_id, pending_id),
    CHECK (debit_account <> credit_account),
    CHECK ((pending_id IS NULL) = (kind IN ('POSTED', 'PENDING')))
);
CREATE INDEX transfers_by_debit ON transfers (tenant_id, debit_account, seq DESC);
CREATE INDEX transfers_by_credit ON transfers (tenant_id, credit_account, seq DESC);
SELECT tenant_table('transfers', 'SELECT, INSERT');
SELECT worker_table('transfers', 'SELECT');
SELECT append_only('transfers');

-- A void that arrived before its hold: the hold is then refused.
CREATE TABLE tombstones (
    tenant_id uuid NOT NULL,
    participation_id uuid NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, participation_id)
);
SELECT tenant_table('tombstones', 'SELECT, INSERT');
SELECT append_only('tombstones');

-- Holds that were asked for before their escrow was open; they are placed when it opens.
CREATE TABLE waiting_holds (
    tenant_id uuid NOT NULL,
    participation_id uuid NOT NULL,
    project_id uuid NOT NULL,
    investor_id uuid NOT NULL,
    amount bigint NOT NULL,
    currency text NOT NULL,
    PRIMARY KEY (tenant_id, participation_id)
);
CREATE INDEX waiting_holds_by_project ON waiting_holds (tenant_id, project_id);
SELECT tenant_table('waiting_holds', 'SELECT, INSERT');
SELECT append_only('waiting_holds');

-- Bank receipts: one deposit per reference.
CREATE TABLE deposits (
    tenant_id uuid NOT NULL,
    bank_reference text NOT NULL CHECK (bank_reference <> ''),
    transfer_id uuid NOT NULL,
    user_id uuid,
    booked_by uuid NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, bank_reference),
    UNIQUE (tenant_id, transfer_id),
    FOREIGN KEY (tenant_id, transfer_id) REFERENCES transfers
);
SELECT tenant_table('deposits', 'SELECT, INSERT');
SELECT append_only('deposits');

-- The cumulative figures of each project's escrow; both identities are checked against `accounts`.
CREATE TABLE project_books (
    tenant_id uuid NOT NULL,
    project_id uuid NOT NULL,
    owner_id uuid NOT NULL,
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    phase text NOT NULL CHECK (phase IN ('FUNDING', 'APPROVED', 'EXECUTION', 'COMPLETED', 'LIQUIDATION',
        'SETTLED', 'CANCELLED')),
    captured bigint NOT NULL DEFAULT 0 CHECK (captured >= 0),
    advances bigint NOT NULL DEFAULT 0 CHECK (advances >= 0),
    recovered bigint NOT NULL DEFAULT 0 CHECK (recovered >= 0),
    costs bigint NOT NULL DEFAULT 0 CHECK (costs >= 0),
    requested bigint NOT NULL DEFAULT 0 CHECK (requested >= 0),
    unspent_paid bigint NOT NULL DEFAULT 0 CHECK (unspent_paid >= 0),
    advances_returned bigint NOT NULL DEFAULT 0 CHECK (advances_returned >= 0),
    proceeds bigint NOT NULL DEFAULT 0 CHECK (proceeds >= 0),
    advances_repaid bigint NOT NULL DEFAULT 0 CHECK (advances_repaid >= 0),
    owner_split_paid bigint NOT NULL DEFAULT 0 CHECK (owner_split_paid >= 0),
    paid_gross bigint NOT NULL DEFAULT 0 CHECK (paid_gross >= 0),
    PRIMARY KEY (tenant_id, project_id),
    -- escrow:capital is never overdrawn, and what is requested is there.
    CHECK (captured + advances + recovered - costs - unspent_paid - advances_returned >= requested),
    CHECK (proceeds + unspent_paid - paid_gross - advances_repaid - owner_split_paid >= 0)
);
SELECT tenant_table('project_books', 'SELECT, INSERT, UPDATE');
SELECT worker_table('project_books', 'SELECT');

-- The goods of a project, as Projects reports them.
CREATE TABLE project_goods (
    tenant_id uuid NOT NULL,
    project_id uuid NOT NULL,
    sku text NOT NULL,
    ordered bigint NOT NULL CHECK (ordered > 0),
    landed_cost bigint NOT NULL CHECK (landed_cost >= 0),
    received bigint NOT NULL DEFAULT 0 CHECK (received >= 0),
    sold bigint NOT NULL DEFAULT 0 CHECK (sold >= 0),
    sold_net bigint NOT NULL DEFAULT 0 CHECK (sold_net >= 0),
    bought_back bigint NOT NULL DEFAULT 0 CHECK (bought_back >= 0),
    PRIMARY KEY (tenant_id, project_id, sku),
    FOREIGN KEY (tenant_id, project_id) REFERENCES project_books,
    CHECK (sold + bought_back <= received)
);
SELECT tenant_table('project_goods', 'SELECT, INSERT, UPDATE');

-- The sealed participations and what runs paid on them.
CREATE TABLE participants (
    tenant_id uuid NOT NULL,
    project_id uuid NOT NULL,
    participation_id uuid NOT NULL,
    investor_id uuid NOT NULL,
    share text NOT NULL CHECK (share IN ('PRODUCTS', 'PROFIT_ONLY')),
    owner_stake boolean NOT NULL,
    amount bigint NOT NULL CHECK (amount > 0),
    approved_at timestamptz NOT NULL,
    paid_gross bigint NOT NULL DEFAULT 0 CHECK (paid_gross >= 0),
    paid_fee bigint NOT NULL DEFAULT 0 CHECK (paid_fee >= 0),
    paid_tax bigint NOT NULL DEFAULT 0 CHECK (paid_tax >= 0),
    PRIMARY KEY (tenant_id, participation_id),
    FOREIGN KEY (tenant_id, project_id) REFERENCES project_books,
    CHECK (paid_fee + paid_tax <= paid_gross),
    CHECK (NOT (owner_stake AND share = 'PRODUCTS'))
);
CREATE INDEX participants_by_project ON participants (tenant_id, project_id);
SELECT tenant_table('participants', 'SELECT, INSERT, UPDATE');
SELECT worker_table('participants', 'SELECT');

-- Payments out of escrow.
CREATE TABLE disbursements (
    tenant_id uuid NOT NULL,
    disbursement_id uuid NOT NULL,
    project_id uuid NOT NULL,
    cost_kind text NOT NULL CHECK (cost_kind <> ''),
    line_name text NOT NULL,
    payee text NOT NULL CHECK (payee <> ''),
    invoice text NOT NULL CHECK (invoice <> ''),
    amount bigint NOT NULL CHECK (amount > 0),
    currency text NOT NULL,
    state text NOT NULL CHECK (state IN ('REQUESTED', 'AGREED', 'PAID')),
    needs_agreement boolean NOT NULL,
    requested_by uuid NOT NULL,
    agreed_by uuid CHECK (agreed_by <> requested_by),
    paid_by uuid CHECK
        (paid_by IS NULL OR (paid_by <> requested_by AND paid_by IS DISTINCT FROM agreed_by)),
    bank_reference text,
    requested_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, disbursement_id),
    UNIQUE (tenant_id, bank_reference),
    FOREIGN KEY (tenant_id, project_id) REFERENCES project_books,
    CHECK (needs_agreement OR (agreed_by IS NULL AND state <> 'AGREED')),
    CHECK (NOT (needs_agreement AND state <> 'REQUESTED') OR agreed_by IS NOT NULL),
    CHECK ((state = 'PAID') = (paid_by IS NOT NULL)),
    CHECK ((state = 'PAID') = (bank_reference IS NOT NULL))
);
CREATE INDEX disbursements_by_project ON disbursements (tenant_id, project_id);
SELECT tenant_table('disbursements', 'SELECT, INSERT, UPDATE');
SELECT worker_table('disbursements', 'SELECT');

-- What a sale or a buy-back owes a project, with the goods that it is for.
CREATE TABLE claims (
    tenant_id uuid NOT NULL,
    claim_id uuid NOT NULL,
    project_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('SALE', 'BUY_BACK')),
    owed bigint NOT NULL CHECK (owed >= 0),
    currency text NOT NULL,
    goods jsonb NOT NULL,
    PRIMARY KEY (tenant_id, claim_id),
    FOREIGN KEY (tenant_id, project_id) REFERENCES project_books
);
SELECT tenant_table('claims', 'SELECT, INSERT');
SELECT append_only('claims');

-- Bank receipts into a project's escrow: one per reference. A claim is matched once; a recovery names
-- its line instead.
CREATE TABLE receipts (
    tenant_id uuid NOT NULL,
    bank_reference text NOT NULL CHECK (bank_reference <> ''),
    project_id uuid NOT NULL,
    transfer_id uuid NOT NULL,
    claim_id uuid,
    line_name text CHECK (line_name <> ''),
    booked_by uuid NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, bank_reference),
    UNIQUE (tenant_id, claim_id),
    FOREIGN KEY (tenant_id, project_id) REFERENCES project_books,
    FOREIGN KEY (tenant_id, transfer_id) REFERENCES transfers,
    FOREIGN KEY (tenant_id, claim_id) REFERENCES claims,
    CHECK ((claim_id IS NULL) <> (line_name IS NULL))
);
SELECT tenant_table('receipts', 'SELECT, INSERT');
SELECT append_only('receipts');

-- The two halves of a snapshot, kept when they come: they may arrive in any order.
CREATE TABLE seals (
    tenant_id uuid NOT NULL,
    project_id uuid NOT NULL,
    list jsonb NOT NULL,
    PRIMARY KEY (tenant_id, project_id)
);
SELECT tenant_table('seals', 'SELECT, INSERT');
SELECT append_only('seals');
CREATE TABLE approvals (
    tenant_id uuid NOT NULL,
    project_id uuid NOT NULL,
    approved jsonb NOT NULL,
    PRIMARY KEY (tenant_id, project_id)
);
SELECT tenant_table('approvals', 'SELECT, INSERT');
SELECT append_only('approvals');

-- Frozen for ever. The canonical form is text: its bytes are what was hashed.
CREATE TABLE snapshots (
    tenant_id uuid NOT NULL,
    project_id uuid NOT NULL,
    version bigint NOT NULL CHECK (version >= 1),
    canonical text NOT NULL,
    hash text NOT NULL,
    frozen_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, project_id, version),
    FOREIGN KEY (tenant_id, project_id) REFERENCES project_books,
    CHECK (hash = encode(sha256(convert_to(canonical, 'UTF8')), 'hex'))
);
SELECT tenant_table('snapshots', 'SELECT, INSERT');
SELECT worker_table('snapshots', 'SELECT');
SELECT append_only('snapshots');

-- Settlement runs. The document is text: its bytes are what was hashed.
CREATE TABLE runs (
    tenant_id uuid NOT NULL,
    run_id uuid NOT NULL,
    project_id uuid NOT NULL,
    number int NOT NULL CHECK (number >= 1),
    kind text NOT NULL CHECK (kind IN ('INTERIM', 'FINAL', 'ADJUSTMENT', 'LIQUIDATION')),
    state text NOT NULL CHECK (state IN ('PROPOSED', 'POSTED', 'SUPERSEDED')),
    document text NOT NULL,
    hash text NOT NULL,
    proposed_by uuid NOT NULL,
    approved_by uuid CHECK (approved_by <> proposed_by),
    proposed_at timestamptz NOT NULL,
    posted_at timestamptz,
    PRIMARY KEY (tenant_id, run_id),
    UNIQUE (tenant_id, project_id, number),
    FOREIGN KEY (tenant_id, project_id) REFERENCES project_books,
    CHECK (hash = encode(sha256(convert_to(document, 'UTF8')), 'hex')),
    CHECK ((state = 'POSTED') = (approved_by IS NOT NULL)),
    CHECK ((state = 'POSTED') = (posted_at IS NOT NULL))
);
-- A project is closed by one run.
CREATE UNIQUE INDEX one_closing_run ON runs (tenant_id, project_id)
    WHERE state = 'POSTED' AND kind IN ('FINAL', 'LIQUIDATION');
-- One proposal of a kind waits at a time.
CREATE UNIQUE INDEX one_open_run ON runs (tenant_id, project_id, kind) WHERE state = 'PROPOSED';
SELECT tenant_table('runs', 'SELECT, INSERT, UPDATE');
SELECT worker_table('runs', 'SELECT');

-- Only what becomes of a proposed run may be added; a posted or superseded run never changes.
CREATE FUNCTION keep_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state <> 'PROPOSED'
        OR (to_jsonb(NEW) - '{state,approved_by,posted_at}'::text[])
            <> (to_jsonb(OLD) - '{state,approved_by,posted_at}'::text[]) THEN
        RAISE EXCEPTION 'a run is never edited' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_run BEFORE UPDATE OR DELETE ON runs FOR EACH ROW EXECUTE FUNCTION keep_run();

-- The transfers of a posted run.
CREATE TABLE run_transfers (
    tenant_id uuid NOT NULL,
    run_id uuid NOT NULL,
    transfer_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, transfer_id),
    FOREIGN KEY (tenant_id, run_id) REFERENCES runs,
    FOREIGN KEY (tenant_id, transfer_id) REFERENCES transfers
);
CREATE INDEX run_transfers_by_run ON run_transfers (tenant_id, run_id);
SELECT tenant_table('run_transfers', 'SELECT, INSERT');
SELECT worker_table('run_transfers', 'SELECT');
SELECT append_only('run_transfers');

-- Whose identity is verified, as Users said last: nobody else is paid out to.
CREATE TABLE payees (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    verified boolean NOT NULL,
    valid_until timestamptz,
    PRIMARY KEY (tenant_id, user_id)
);
SELECT tenant_table('payees', 'SELECT, INSERT, UPDATE');

-- Payments out of wallets.
CREATE TABLE payouts (
    tenant_id uuid NOT NULL,
    payout_id uuid NOT NULL,
    user_id uuid NOT NULL,
    amount bigint NOT NULL CHECK (amount > 0),
    currency text NOT NULL,
    bank_account text NOT NULL CHECK (bank_account <> ''),
    state text NOT NULL CHECK (state IN ('REQUESTED', 'PAID', 'FAILED')),
    decided_by uuid CHECK (decided_by <> user_id),
    bank_reference text,
    requested_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, payout_id),
    UNIQUE (tenant_id, bank_reference),
    CHECK ((state = 'REQUESTED') = (decided_by IS NULL)),
    CHECK ((state = 'PAID') = (bank_reference IS NOT NULL))
);
CREATE INDEX payouts_open ON payouts (tenant_id, requested_at) WHERE state = 'REQUESTED';
SELECT tenant_table('payouts', 'SELECT, INSERT, UPDATE');
SELECT worker_table('payouts', 'SELECT');
