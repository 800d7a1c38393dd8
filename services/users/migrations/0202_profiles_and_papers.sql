-- What people say of themselves, verifications that were taken away, and the papers behind them.
-- The files lie in the blob store, under their hash.

ALTER TABLE profiles
    ADD COLUMN display_name text CHECK (display_name <> ''),
    ADD COLUMN language text CHECK (language IN ('es', 'en')),
    ADD COLUMN residence text CHECK (residence ~ '^[A-Z]{2}$'),
    ADD COLUMN phone text CHECK (phone ~ '^\+[0-9]{8,15}$'),
    DROP CONSTRAINT profiles_kyc_state_check,
    DROP CONSTRAINT profiles_check2,
    ADD CONSTRAINT kyc_state_known CHECK (kyc_state IN
        ('NONE', 'PENDING', 'VERIFIED', 'REJECTED', 'EXPIRED', 'SUSPENDED')),
    ADD CONSTRAINT kyc_reason_given
        CHECK ((kyc_state IN ('REJECTED', 'SUSPENDED')) = (kyc_reason IS NOT NULL));

CREATE TABLE kyc_documents (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    document_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN
        ('ID_FRONT', 'ID_BACK', 'SELFIE', 'PROOF_OF_ADDRESS', 'COMPANY_PAPERS')),
    blob_key text NOT NULL CHECK (blob_key <> ''),
    sha256 bytea NOT NULL CHECK (length(sha256) = 32),
    media_type text NOT NULL CHECK (media_type <> ''),
    length bigint NOT NULL CHECK (length > 0),
    attached_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, user_id, document_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES profiles
);
SELECT tenant_table('kyc_documents', 'SELECT, INSERT');
SELECT worker_table('kyc_documents', 'SELECT (tenant_id, user_id, document_id, sha256)');
