-- What an investor may put up, and what a person has agreed to. A row of `investors` without a
-- category of its own is that of somebody who is RETAIL without limits.

CREATE TABLE investors (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    category text NOT NULL DEFAULT 'RETAIL' CHECK (category IN ('RETAIL', 'SOPHISTICATED')),
    per_project_minor bigint CHECK (per_project_minor > 0),
    per_project_currency text CHECK (per_project_currency ~ '^[A-Z]{3}$'),
    per_12_months_minor bigint CHECK (per_12_months_minor > 0),
    per_12_months_currency text CHECK (per_12_months_currency ~ '^[A-Z]{3}$'),
    requested_at timestamptz,
    request_reason text CHECK (request_reason <> ''),
    PRIMARY KEY (tenant_id, user_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES profiles,
    CHECK ((per_project_minor IS NULL) = (per_project_currency IS NULL)),
    CHECK ((per_12_months_minor IS NULL) = (per_12_months_currency IS NULL)),
    CHECK ((requested_at IS NULL) = (request_reason IS NULL))
);
SELECT tenant_table('investors', 'SELECT, INSERT, UPDATE');
SELECT worker_table('investors', 'SELECT');
CREATE INDEX category_queue ON investors (tenant_id, requested_at) WHERE requested_at IS NOT NULL;

-- Insert-only: a consent is never taken back, a later version needs a new one.
CREATE TABLE consents (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    consent text NOT NULL CHECK (consent IN ('RISK_WARNING', 'PLATFORM_TERMS', 'PRIVACY')),
    version integer NOT NULL CHECK (version > 0),
    text_hash bytea NOT NULL CHECK (length(text_hash) = 32),
    given_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, user_id, consent, version),
    FOREIGN KEY (tenant_id, user_id) REFERENCES profiles
);
SELECT tenant_table('consents', 'SELECT, INSERT');
SELECT worker_table('consents', 'SELECT');

-- Which versions the other services of this operator have been told of.
CREATE TABLE consent_texts (
    tenant_id uuid NOT NULL,
    consent text NOT NULL CHECK (consent IN ('RISK_WARNING', 'PLATFORM_TERMS', 'PRIVACY')),
    version integer NOT NULL CHECK (version > 0),
    PRIMARY KEY (tenant_id, consent, version)
);
SELECT tenant_table('consent_texts', 'SELECT, INSERT');
SELECT worker_table('consent_texts', 'SELECT');
