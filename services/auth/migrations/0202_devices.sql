-- Browsers that somebody has signed in from: SHA-256 of their cookie. A known one is never kept out
-- by what strangers do with its person's address.

CREATE TABLE devices (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    device_hash bytea NOT NULL CHECK (length(device_hash) = 32),
    PRIMARY KEY (tenant_id, user_id, device_hash),
    FOREIGN KEY (tenant_id, user_id) REFERENCES accounts
);
SELECT tenant_table('devices', 'SELECT, INSERT');

ALTER TABLE sessions
    -- Of a person who has signed in from other browsers before.
    ADD COLUMN new_device boolean NOT NULL DEFAULT false;
CREATE INDEX sessions_ended ON sessions (ended_at) WHERE ended_at IS NOT NULL;
