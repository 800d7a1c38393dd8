-- Who people are, and whether somebody has verified it. A profile without documents is that of a
-- person who has registered and nothing more.

CREATE TABLE profiles (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    full_name text CHECK (full_name <> ''),
    country text CHECK (country ~ '^[A-Z]{2}$'),
    document_type text CHECK (document_type IN ('NATIONAL_ID', 'PASSPORT', 'TAX_ID')),
    document_number text CHECK (document_number <> ''),
    birth_date date,
    kyc_state text NOT NULL DEFAULT 'NONE'
        CHECK (kyc_state IN ('NONE', 'PENDING', 'VERIFIED', 'REJECTED', 'EXPIRED')),
    kyc_submitted_at timestamptz,
    kyc_valid_until timestamptz,
    kyc_reason text CHECK (kyc_reason <> ''),
    PRIMARY KEY (tenant_id, user_id),
    CONSTRAINT documents_whole CHECK (num_nonnulls(full_name, country, document_type,
        document_number, birth_date) = CASE kyc_state WHEN 'NONE' THEN 0 ELSE 5 END),
    CHECK ((kyc_state = 'PENDING') = (kyc_submitted_at IS NOT NULL)),
    CHECK ((kyc_state = 'VERIFIED') = (kyc_valid_until IS NOT NULL)),
    CHECK ((kyc_state = 'REJECTED') = (kyc_reason IS NOT NULL))
);
SELECT tenant_table('profiles', 'SELECT, INSERT, UPDATE');
SELECT worker_table('profiles', 'SELECT');
CREATE INDEX kyc_queue ON profiles (tenant_id, kyc_submitted_at) WHERE kyc_state = 'PENDING';
-- What the expiry looks at.
CREATE INDEX kyc_by_end ON profiles (kyc_valid_until) WHERE kyc_state = 'VERIFIED';
