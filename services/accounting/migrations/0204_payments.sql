-- Payments end otherwise than paid, receipts come in parts, recoveries say what they are.

-- What people type twice is one thing whatever its case and blanks.
CREATE FUNCTION as_compared(typed text) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT upper(regexp_replace(btrim(typed), '\s+', ' ', 'g')) $$;

ALTER TABLE disbursements
    ADD COLUMN document_id uuid,
    ADD COLUMN ended_by uuid,
    ADD COLUMN end_reason text,
    DROP CONSTRAINT disbursements_state_check,
    DROP CONSTRAINT disbursements_check3,
    ADD CHECK (state IN ('REQUESTED', 'AGREED', 'PAID', 'WITHDRAWN', 'REJECTED')),
    ADD CHECK (state NOT IN ('AGREED', 'PAID') OR NOT needs_agreement OR agreed_by IS NOT NULL),
    ADD CHECK ((state IN ('WITHDRAWN', 'REJECTED')) = (ended_by IS NOT NULL)),
    ADD CHECK ((ended_by IS NOT NULL) = (coalesce(end_reason, '') <> '')),
    ADD CHECK (state <> 'REJECTED' OR ended_by <> requested_by);
CREATE INDEX disbursements_by_payee ON disbursements (tenant_id, as_compared(payee));

-- What an admin said last of a project; no row is as good as NONE.
CREATE TABLE project_flags (
    tenant_id uuid NOT NULL,
    project_id uuid NOT NULL,
    flag text NOT NULL CHECK (flag <> ''),
    PRIMARY KEY (tenant_id, project_id)
);
SELECT tenant_table('project_flags', 'SELECT, INSERT, UPDATE');

ALTER TABLE receipts
    ADD COLUMN kind text CHECK (kind IN ('TAX', 'INDEMNITY', 'SUPPLIER_REFUND')),
    ADD COLUMN document text,
    DROP CONSTRAINT receipts_tenant_id_claim_id_key,
    ADD CHECK (claim_id IS NULL OR kind IS NULL);
CREATE INDEX receipts_by_claim ON receipts (tenant_id, claim_id);
CREATE INDEX receipts_by_project ON receipts (tenant_id, project_id);
