-- Payouts go to an account that was checked, above a limit after a second look, and may fail.

-- Where each user is paid out to; a change takes effect after a pause.
CREATE TABLE payout_accounts (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    scheme text NOT NULL CHECK (scheme IN ('IBAN', 'CLABE', 'CCI', 'CBU', 'ABA', 'DOMESTIC')),
    number text NOT NULL CHECK (number <> ''),
    usable_from timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, user_id)
);
SELECT tenant_table('payout_accounts', 'SELECT, INSERT, UPDATE');

ALTER TABLE payouts
    ADD COLUMN needs_agreement boolean NOT NULL DEFAULT false,
    ADD COLUMN agreed_by uuid,
    ADD COLUMN failure text,
    DROP CONSTRAINT payouts_state_check,
    DROP CONSTRAINT payouts_check1,
    ADD CHECK (state IN ('REQUESTED', 'AGREED', 'PAID', 'FAILED')),
    ADD CHECK ((state IN ('REQUESTED', 'AGREED')) = (decided_by IS NULL)),
    ADD CHECK (agreed_by IS NULL
        OR (agreed_by <> user_id AND agreed_by IS DISTINCT FROM decided_by)),
    ADD CHECK (needs_agreement OR (agreed_by IS NULL AND state <> 'AGREED')),
    ADD CHECK (state NOT IN ('AGREED', 'PAID') OR NOT needs_agreement OR agreed_by IS NOT NULL),
    ADD CHECK (state = 'FAILED' OR failure IS NULL);
DROP INDEX payouts_open;
CREATE INDEX payouts_open ON payouts (tenant_id, requested_at)
    WHERE state IN ('REQUESTED', 'AGREED');
CREATE INDEX payouts_by_user ON payouts (tenant_id, user_id, requested_at);
