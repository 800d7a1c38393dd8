-- Deposits that nobody is found for, and the bank's names for movements as they are compared.

-- Who has an account on the platform: a deposit is booked to nobody else.
CREATE TABLE known_users (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, user_id)
);
SELECT tenant_table('known_users', 'SELECT, INSERT');
SELECT append_only('known_users');
INSERT INTO known_users (tenant_id, user_id)
    SELECT tenant_id, user_id FROM payees
    UNION SELECT tenant_id, owner_id FROM accounts WHERE kind = 'WALLET';

-- Each movement at the bank is booked once, whatever the case that its reference is written in.
-- What was booked under two spellings before stays as it is.
CREATE TABLE bank_references (
    tenant_id uuid NOT NULL,
    direction text NOT NULL CHECK (direction IN ('IN', 'OUT')),
    reference text NOT NULL CHECK (reference <> ''),
    PRIMARY KEY (tenant_id, direction, reference)
);
SELECT tenant_table('bank_references', 'SELECT, INSERT');
SELECT append_only('bank_references');
INSERT INTO bank_references (tenant_id, direction, reference)
    SELECT tenant_id, 'IN', upper(btrim(bank_reference)) FROM deposits
    UNION SELECT tenant_id, 'IN', upper(btrim(bank_reference)) FROM receipts
    UNION SELECT tenant_id, 'OUT', upper(btrim(bank_reference)) FROM disbursements
        WHERE bank_reference IS NOT NULL
    UNION SELECT tenant_id, 'OUT', upper(btrim(bank_reference)) FROM payouts
        WHERE bank_reference IS NOT NULL;

-- What the payment says, or why it belongs to nobody.
ALTER TABLE deposits ADD COLUMN note text NOT NULL DEFAULT '';

-- What became of a deposit after it was booked: found its user, or went back.
CREATE TABLE deposit_steps (
    tenant_id uuid NOT NULL,
    deposit_id uuid NOT NULL,
    step text NOT NULL CHECK (step IN ('MATCHED', 'RETURNED')),
    transfer_id uuid NOT NULL,
    user_id uuid,
    reason text NOT NULL,
    done_by uuid NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, deposit_id, step),
    UNIQUE (tenant_id, transfer_id),
    FOREIGN KEY (tenant_id, deposit_id) REFERENCES deposits (tenant_id, transfer_id),
    FOREIGN KEY (tenant_id, transfer_id) REFERENCES transfers,
    CHECK ((step = 'MATCHED') = (user_id IS NOT NULL)),
    CHECK (step = 'MATCHED' OR reason <> '')
);
SELECT tenant_table('deposit_steps', 'SELECT, INSERT');
SELECT append_only('deposit_steps');
