-- Second factors. A secret is sealed with a key that lies outside the database (secrets/totp.key);
-- recovery codes are kept as SHA-256 only.

ALTER TABLE sessions
    -- The password was right, the code is still to come: until then it is no sign-in.
    ADD COLUMN awaits_otp boolean NOT NULL DEFAULT false,
    ADD COLUMN otp_time timestamptz,
    ADD CONSTRAINT otp_awaited_or_shown CHECK (NOT awaits_otp OR otp_time IS NULL);

CREATE TABLE second_factors (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    sealed_secret bytea NOT NULL CHECK (length(sealed_secret) BETWEEN 29 AND 200),
    last_step bigint NOT NULL, -- of RFC 6238; none up to it is taken again
    PRIMARY KEY (tenant_id, user_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES accounts
);
SELECT tenant_table('second_factors', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE recovery_codes (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    code_hash bytea NOT NULL CHECK (length(code_hash) = 32),
    PRIMARY KEY (tenant_id, user_id, code_hash),
    FOREIGN KEY (tenant_id, user_id) REFERENCES second_factors ON DELETE CASCADE
);
SELECT tenant_table('recovery_codes', 'SELECT, INSERT, DELETE');
