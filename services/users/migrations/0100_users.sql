-- Who people are, and whether somebody has verified it. EXPIRED is never stored: it follows from
-- `kyc_valid_until` and business time.

CREATE TABLE profiles (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    full_name text NOT NULL,
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    document_type text NOT NULL CHECK (document_type IN ('NATIONAL_ID', 'PASSPORT', 'TAX_ID')),
    document_number text NOT NULL CHECK (document_number <> ''),
    birth_date date NOT NULL,
    kyc_state text NOT NULL CHECK (kyc_state IN ('PENDING', 'VERIFIED', 'REJECTED')),
    kyc_submitted_at timestamptz,
    kyc_valid_until timestamptz,
    kyc_reason text CHECK (kyc_reason <> ''),
    PRIMARY KEY (tenant_id, user_id),
    CHECK ((kyc_state = 'PENDING') = (kyc_submitted_at IS NOT NULL)),
    CHECK ((kyc_state = 'VERIFIED') = (kyc_valid_until IS NOT NULL)),
    CHECK ((kyc_state = 'REJECTED') = (kyc_reason IS NOT NULL))
);
SELECT tenant_table('profiles', 'SELECT, INSERT, UPDATE');
CREATE INDEX kyc_queue ON profiles (tenant_id, kyc_submitted_at) WHERE kyc_state = 'PENDING';
