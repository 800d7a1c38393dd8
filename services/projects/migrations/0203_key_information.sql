-- The key information sheets that were issued, and what settled projects paid: an owner's track
-- record.

CREATE TABLE key_information (
    tenant_id uuid NOT NULL,
    project_id uuid NOT NULL,
    version integer NOT NULL CHECK (version > 0),
    language text NOT NULL CHECK (language IN ('es', 'en')),
    blob_key text NOT NULL,
    sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
    length bigint NOT NULL CHECK (length > 0),
    issued_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, project_id, version, language),
    FOREIGN KEY (tenant_id, project_id) REFERENCES projects
);
SELECT tenant_table('key_information', 'SELECT, INSERT');
SELECT worker_table('key_information', 'SELECT');
SELECT append_only('key_information');
CREATE INDEX projects_to_inform ON projects (project_id) WHERE key_information_wanted > 0;

-- What each posted run gave to each participation, as Accounting said.
CREATE TABLE run_payments (
    tenant_id uuid NOT NULL,
    run_id uuid NOT NULL,
    participation_id uuid NOT NULL,
    project_id uuid NOT NULL,
    net_minor bigint NOT NULL,
    PRIMARY KEY (tenant_id, run_id, participation_id)
);
SELECT tenant_table('run_payments', 'SELECT, INSERT');
SELECT append_only('run_payments');
CREATE INDEX run_payments_by_project ON run_payments (tenant_id, project_id, participation_id);
