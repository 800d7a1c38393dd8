-- Offerings, participations, and what Participation must know of investors (domain.md §3).
-- Amounts are minor units of the offering's currency.

-- A copy of what Users decided, fed by its events.
CREATE TABLE investors (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    verified boolean NOT NULL,
    valid_until timestamptz,
    PRIMARY KEY (tenant_id, user_id)
);
SELECT tenant_table('investors', 'SELECT, INSERT, UPDATE');

CREATE TABLE offerings (
    tenant_id uuid NOT NULL,
    project_id uuid NOT NULL,
    owner_id uuid NOT NULL,
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    goal_minor bigint NOT NULL CHECK (goal_minor > 0),
    reserved_minor bigint NOT NULL CHECK (reserved_minor >= 0),
    approved_minor bigint NOT NULL CHECK (approved_minor >= 0),
    min_ticket_minor bigint NOT NULL CHECK (min_ticket_minor >= 0),
    max_ticket_minor bigint CHECK (max_ticket_minor > 0),
    products_ticket_min_minor bigint CHECK (products_ticket_min_minor >= 0),
    decision_hours integer NOT NULL CHECK (decision_hours >= 0),
    cooling_off_hours integer NOT NULL CHECK (cooling_off_hours >= 0),
    deadline timestamptz NOT NULL,
    status text NOT NULL CHECK (status IN ('OPEN', 'FULL', 'SEALED', 'CLOSED')),
    seal_hash text CHECK (seal_hash ~ '^[0-9a-f]{64}$'),
    PRIMARY KEY (tenant_id, project_id),
    CONSTRAINT never_oversold CHECK (reserved_minor + approved_minor <= goal_minor),
    CONSTRAINT full_is_full CHECK (status NOT IN ('FULL', 'SEALED') OR approved_minor = goal_minor),
    CONSTRAINT sealed_has_hash CHECK (status <> 'SEALED' OR seal_hash IS NOT NULL)
);
SELECT tenant_table('offerings', 'SELECT, INSERT, UPDATE');
SELECT worker_table('offerings', 'SELECT');
-- What the sealing looks at.
CREATE INDEX offerings_full ON offerings (tenant_id, project_id) WHERE status = 'FULL';

CREATE TABLE participations (
    tenant_id uuid NOT NULL,
    participation_id uuid NOT NULL,
    project_id uuid NOT NULL,
    investor_id uuid NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    share_type text NOT NULL CHECK (share_type IN ('PRODUCTS', 'PROFIT_ONLY')),
    owner_stake boolean NOT NULL,
    state text NOT NULL CHECK (state IN ('REQUESTED', 'APPROVED', 'ACTIVE', 'SETTLED', 'LIQUIDATED',
        'REJECTED', 'WITHDRAWN', 'EXPIRED', 'REFUNDED')),
    funding text NOT NULL CHECK (funding IN ('PENDING', 'HELD', 'REFUSED', 'CAPTURED', 'RELEASED')),
    reason text CHECK (length(reason) BETWEEN 1 AND 500),
    requested_at timestamptz NOT NULL,
    decide_by timestamptz NOT NULL,
    approved_at timestamptz,
    cooling_off_until timestamptz,
    PRIMARY KEY (tenant_id, participation_id),
    FOREIGN KEY (tenant_id, project_id) REFERENCES offerings,
    CONSTRAINT rejected_with_reason CHECK ((state = 'REJECTED') = (reason IS NOT NULL)),
    CONSTRAINT approved_with_times CHECK ((approved_at IS NULL) = (cooling_off_until IS NULL)),
    CONSTRAINT taken_was_approved CHECK (
        state NOT IN ('APPROVED', 'ACTIVE', 'SETTLED', 'LIQUIDATED', 'REFUNDED')
        OR approved_at IS NOT NULL),
    CONSTRAINT owner_takes_profit_only CHECK (NOT owner_stake OR share_type = 'PROFIT_ONLY')
);
SELECT tenant_table('participations', 'SELECT, INSERT, UPDATE');
SELECT worker_table('participations', 'SELECT');
-- A request that waits for its money blocks another one of the same investor.
CREATE UNIQUE INDEX one_unfunded_request ON participations (tenant_id, project_id, investor_id)
    WHERE state = 'REQUESTED' AND funding = 'PENDING';
CREATE INDEX participations_by_project ON participations (tenant_id, project_id, participation_id);
CREATE INDEX participations_by_investor ON participations (tenant_id, investor_id, participation_id);
-- What the expiry looks at.
CREATE INDEX requests_by_decide_by ON participations (decide_by) WHERE state = 'REQUESTED';
