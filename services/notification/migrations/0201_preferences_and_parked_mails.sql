-- What people do not want to be told where, how they write numbers, and mails that are given up.

-- A row is a kind that is switched off.
CREATE TABLE switched_off (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind ~ '^[a-z_]+$'),
    channel text NOT NULL CHECK (channel IN ('INBOX', 'MAIL')),
    PRIMARY KEY (tenant_id, user_id, kind, channel)
);
SELECT tenant_table('switched_off', 'SELECT, INSERT, DELETE');

ALTER TABLE notices ADD COLUMN in_inbox boolean NOT NULL DEFAULT true;

ALTER TABLE people
    ADD COLUMN country text NOT NULL DEFAULT '' CHECK (country ~ '^([A-Z]{2})?$'),
    -- What they said in their profile goes before what they registered with.
    ADD COLUMN said_language text CHECK (said_language IN ('es', 'en'));
SELECT worker_table('people', 'SELECT');

ALTER TABLE mails
    DROP CONSTRAINT mails_state_check,
    ADD COLUMN parked_reason text CHECK (parked_reason IN ('UNKNOWN_ADDRESS', 'UNDELIVERABLE')),
    ADD CONSTRAINT mail_state_known CHECK (state IN ('QUEUED', 'SENT', 'PARKED')),
    ADD CONSTRAINT parked_with_reason CHECK ((state = 'PARKED') = (parked_reason IS NOT NULL));
