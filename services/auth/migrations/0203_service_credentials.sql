-- Machines that read in their own name. A secret is kept as SHA-256 only; instants are real time.

CREATE TABLE service_credentials (
    tenant_id uuid NOT NULL,
    client_id uuid NOT NULL,
    name text NOT NULL CHECK (name <> ''),
    secret_hash bytea NOT NULL CHECK (length(secret_hash) = 32),
    issued_by uuid NOT NULL,
    issued_at timestamptz NOT NULL,
    revoked_at timestamptz,
    PRIMARY KEY (tenant_id, client_id),
    FOREIGN KEY (tenant_id, issued_by) REFERENCES accounts
);
SELECT tenant_table('service_credentials', 'SELECT, INSERT, UPDATE');
SELECT worker_table('service_credentials', 'SELECT (tenant_id, client_id, revoked_at)');
