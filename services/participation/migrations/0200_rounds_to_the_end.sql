-- A round to its end: the waiting list, investors' limits, signed agreements, material changes,
-- suspension, and what is left to do after the deadline (domain.md §2, §3).

-- What Users said of an investor: beside the identity, the limits and the consents.
ALTER TABLE investors ALTER COLUMN verified SET DEFAULT false,
    ADD COLUMN per_project_currency text,
    ADD COLUMN per_project_minor bigint CHECK (per_project_minor >= 0),
    ADD COLUMN per_12_months_currency text,
    ADD COLUMN per_12_months_minor bigint CHECK (per_12_months_minor >= 0),
    ADD CONSTRAINT per_project_whole
        CHECK ((per_project_minor IS NULL) = (per_project_currency IS NULL)),
    ADD CONSTRAINT per_12_months_whole
        CHECK ((per_12_months_minor IS NULL) = (per_12_months_currency IS NULL));

CREATE TABLE consents (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    consent text NOT NULL,
    version integer NOT NULL,
    PRIMARY KEY (tenant_id, user_id, consent)
);
SELECT tenant_table('consents', 'SELECT, INSERT, UPDATE');

-- Which texts are in force at the operator.
CREATE TABLE consent_texts (
    tenant_id uuid NOT NULL,
    consent text NOT NULL,
    version integer NOT NULL,
    PRIMARY KEY (tenant_id, consent)
);
SELECT tenant_table('consent_texts', 'SELECT, INSERT, UPDATE');

-- A flag that was set before the offering was there.
CREATE TABLE project_flags (
    tenant_id uuid NOT NULL,
    project_id uuid NOT NULL,
    suspended boolean NOT NULL,
    PRIMARY KEY (tenant_id, project_id)
);
SELECT tenant_table('project_flags', 'SELECT, INSERT, UPDATE');

ALTER TABLE offerings
    ADD COLUMN stake_minor bigint NOT NULL DEFAULT 0
        CHECK (stake_minor BETWEEN 0 AND approved_minor),
    ADD COLUMN first_loss_minor bigint NOT NULL DEFAULT 0 CHECK (first_loss_minor >= 0),
    ADD COLUMN conditions jsonb,
    ADD COLUMN numbers bigint NOT NULL DEFAULT 0 CHECK (numbers >= 0),
    ADD COLUMN suspended boolean NOT NULL DEFAULT false,
    ADD COLUMN gap_until timestamptz;
-- What the deadline looks at.
CREATE INDEX offerings_by_deadline ON offerings (deadline) WHERE status = 'OPEN';

ALTER TABLE participations DROP CONSTRAINT participations_state_check,
    DROP CONSTRAINT participations_funding_check,
    DROP CONSTRAINT rejected_with_reason,
    DROP CONSTRAINT taken_was_approved,
    ADD COLUMN asked_minor bigint CHECK (asked_minor >= amount_minor),
    ADD COLUMN allow_partial boolean NOT NULL DEFAULT false,
    ADD COLUMN number bigint CHECK (number > 0),
    ADD COLUMN refused_at timestamptz,
    ADD COLUMN notice_id uuid,
    ADD COLUMN renew_by timestamptz,
    ADD COLUMN agreement_version text,
    ADD COLUMN agreement_hash text CHECK (agreement_hash ~ '^[0-9a-f]{64}$'),
    ADD CONSTRAINT participations_state_check CHECK (state IN ('WAITLISTED', 'REQUESTED',
        'APPROVED', 'ACTIVE', 'SETTLED', 'LIQUIDATED', 'REJECTED', 'WITHDRAWN', 'EXPIRED',
        'REFUNDED')),
    ADD CONSTRAINT participations_funding_check CHECK (funding IN ('NONE', 'PENDING', 'HELD',
        'REFUSED', 'CAPTURED', 'RELEASED')),
    ADD CONSTRAINT rejected_with_reason CHECK (state <> 'REJECTED' OR reason IS NOT NULL),
    ADD CONSTRAINT taken_was_approved CHECK (
        state NOT IN ('APPROVED', 'ACTIVE', 'SETTLED', 'LIQUIDATED') OR approved_at IS NOT NULL),
    ADD CONSTRAINT waits_without_money CHECK (state <> 'WAITLISTED' OR funding = 'NONE'),
    ADD CONSTRAINT waits_in_a_place CHECK (funding <> 'NONE' OR number IS NOT NULL),
    ADD CONSTRAINT renewal_whole CHECK ((notice_id IS NULL) = (renew_by IS NULL)),
    ADD CONSTRAINT agreement_whole CHECK ((agreement_version IS NULL) = (agreement_hash IS NULL));
UPDATE participations SET asked_minor = amount_minor;
UPDATE offerings o SET stake_minor = coalesce((SELECT sum(amount_minor) FROM participations p
    WHERE p.tenant_id = o.tenant_id AND p.project_id = o.project_id AND p.owner_stake
      AND p.state IN ('APPROVED', 'ACTIVE', 'SETTLED', 'LIQUIDATED')), 0);
-- Somebody stands on a list once, and the list is read in its order.
CREATE UNIQUE INDEX one_place ON participations (tenant_id, project_id, investor_id)
    WHERE state = 'WAITLISTED';
CREATE UNIQUE INDEX waiting_list ON participations (tenant_id, project_id, number)
    WHERE state = 'WAITLISTED';
CREATE INDEX participations_by_renew_by ON participations (renew_by) WHERE renew_by IS NOT NULL;
CREATE INDEX participations_refused ON participations (tenant_id, investor_id, refused_at)
    WHERE refused_at IS NOT NULL;
CREATE INDEX waiting_by_decide_by ON participations (decide_by) WHERE state = 'WAITLISTED';

-- What an investor has in projects of one currency: everything that was requested and did not end
-- without a share. The row is locked, after the offering's and in the order of ids, before any of
-- it changes or a limit is looked at.
CREATE TABLE investor_exposure (
    tenant_id uuid NOT NULL,
    investor_id uuid NOT NULL,
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    committed_minor bigint NOT NULL CHECK (committed_minor >= 0),
    PRIMARY KEY (tenant_id, investor_id, currency)
);
SELECT tenant_table('investor_exposure', 'SELECT, INSERT, UPDATE');
SELECT worker_table('investor_exposure', 'SELECT');
INSERT INTO investor_exposure
    SELECT p.tenant_id, p.investor_id, o.currency, coalesce(sum(p.amount_minor) FILTER (WHERE
        p.state IN ('REQUESTED', 'APPROVED', 'ACTIVE', 'SETTLED', 'LIQUIDATED')), 0)
    FROM participations p JOIN offerings o USING (tenant_id, project_id) GROUP BY 1, 2, 3;

-- What was signed, word for word.
CREATE TABLE agreements (
    tenant_id uuid NOT NULL,
    participation_id uuid NOT NULL,
    version text NOT NULL,
    language text NOT NULL CHECK (language IN ('es', 'en')),
    text text NOT NULL,
    sha256 text NOT NULL CHECK (sha256 = encode(sha256(convert_to(text, 'UTF8')), 'hex')),
    agreed_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, participation_id),
    FOREIGN KEY (tenant_id, participation_id) REFERENCES participations
);
SELECT tenant_table('agreements', 'SELECT, INSERT');
SELECT worker_table('agreements', 'SELECT');
SELECT append_only('agreements');
