-- Import projects: goods, costs, terms, and what other services said of their money and their
-- people (domain.md §2, §4, §5). Amounts are minor units of the project's currency.

-- A copy of what Users decided, fed by its events.
CREATE TABLE identities (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    verified boolean NOT NULL,
    valid_until timestamptz,
    PRIMARY KEY (tenant_id, user_id)
);
SELECT tenant_table('identities', 'SELECT, INSERT, UPDATE');

CREATE TABLE projects (
    tenant_id uuid NOT NULL,
    project_id uuid NOT NULL,
    owner_id uuid NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    summary text NOT NULL CHECK (length(summary) <= 4000),
    risk_text text NOT NULL CHECK (length(risk_text) <= 10000),
    jurisdiction text NOT NULL CHECK (jurisdiction ~ '^[A-Z]{2}$'),
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    -- The owner's sheet as it was read; the costing is with the lines that the terms add.
    sheet jsonb NOT NULL,
    terms jsonb,
    costing jsonb NOT NULL,
    goal_minor bigint CHECK (goal_minor > 0),
    state text NOT NULL CHECK (state IN ('DRAFT', 'PUBLISHED', 'FUNDING', 'FULLY_FUNDED',
        'READY_FOR_APPROVAL', 'APPROVED', 'IN_EXECUTION', 'COMPLETED', 'SETTLED', 'CANCELLED')),
    funding_outcome text NOT NULL CHECK (funding_outcome IN ('OPEN', 'REACHED', 'DEADLINE_MISSED')),
    flag text NOT NULL CHECK (flag IN ('NONE', 'LATE', 'DISPUTED', 'SUSPENDED')),
    settlement_phase text NOT NULL
        CHECK (settlement_phase IN ('NONE', 'INTERIM', 'FINAL', 'ADJUSTED')),
    liquidation text NOT NULL CHECK (liquidation IN ('NONE', 'OPEN', 'CLOSED')),
    cancel_reason text CHECK (length(cancel_reason) BETWEEN 1 AND 1000),
    created_at timestamptz NOT NULL,
    published_at timestamptz,
    funding_opens_at timestamptz,
    funding_deadline timestamptz,
    -- When the clock itself moves the project on; what it does then depends on the state.
    due_at timestamptz,
    escrow_minor bigint NOT NULL CHECK (escrow_minor >= 0),
    seal_total_minor bigint CHECK (seal_total_minor > 0),
    seal_hash text CHECK (seal_hash ~ '^[0-9a-f]{64}$'),
    snapshot_version bigint NOT NULL CHECK (snapshot_version >= 0),
    open_disbursements integer NOT NULL CHECK (open_disbursements >= 0),
    completion_declared boolean NOT NULL,
    PRIMARY KEY (tenant_id, project_id),
    CONSTRAINT terms_with_goal CHECK ((terms IS NULL) = (goal_minor IS NULL)),
    CONSTRAINT shown_with_terms CHECK (
        state IN ('DRAFT', 'CANCELLED') OR (terms IS NOT NULL AND published_at IS NOT NULL)),
    CONSTRAINT funded_with_deadline CHECK (
        state IN ('DRAFT', 'PUBLISHED', 'CANCELLED') OR funding_deadline IS NOT NULL),
    CONSTRAINT cancelled_with_reason CHECK ((state = 'CANCELLED') = (cancel_reason IS NOT NULL)),
    CONSTRAINT liquidated_when_cancelled CHECK (liquidation = 'NONE' OR state = 'CANCELLED'),
    CONSTRAINT seal_is_whole CHECK ((seal_total_minor IS NULL) = (seal_hash IS NULL)),
    CONSTRAINT approved_is_sealed CHECK (
        state NOT IN ('APPROVED', 'IN_EXECUTION', 'COMPLETED', 'SETTLED')
        OR seal_total_minor = goal_minor),
    CONSTRAINT started_with_snapshot CHECK (
        state NOT IN ('IN_EXECUTION', 'COMPLETED', 'SETTLED') OR snapshot_version > 0),
    CONSTRAINT completed_was_declared CHECK (
        state NOT IN ('COMPLETED', 'SETTLED') OR completion_declared)
);
SELECT tenant_table('projects', 'SELECT, INSERT, UPDATE');
SELECT worker_table('projects', 'SELECT');
CREATE INDEX projects_by_owner ON projects (tenant_id, owner_id, project_id);
-- What the sweeper looks at.
CREATE INDEX projects_due ON projects (due_at) WHERE due_at IS NOT NULL;

-- The goods, in the order of the sheet. What they are stands in the sheet; here is their stock,
-- `received` from the count at arrival on.
CREATE TABLE products (
    tenant_id uuid NOT NULL,
    project_id uuid NOT NULL,
    product_id uuid NOT NULL,
    position integer NOT NULL CHECK (position >= 0),
    sku text NOT NULL,
    received bigint CHECK (received >= 0),
    allotted bigint NOT NULL DEFAULT 0,
    handed_over bigint NOT NULL DEFAULT 0 CHECK (handed_over >= 0),
    sold bigint NOT NULL DEFAULT 0 CHECK (sold >= 0),
    written_off bigint NOT NULL DEFAULT 0 CHECK (written_off >= 0),
    bought_back bigint NOT NULL DEFAULT 0 CHECK (bought_back >= 0),
    PRIMARY KEY (tenant_id, product_id),
    UNIQUE (tenant_id, project_id, sku),
    UNIQUE (tenant_id, project_id, position),
    FOREIGN KEY (tenant_id, project_id) REFERENCES projects,
    CONSTRAINT allotted_is_there CHECK (allotted BETWEEN 0 AND coalesce(received, 0)),
    CONSTRAINT handed_over_was_allotted CHECK (handed_over <= allotted),
    CONSTRAINT left_was_there CHECK (
        sold + written_off + bought_back <= coalesce(received, 0) - allotted)
);
SELECT tenant_table('products', 'SELECT, INSERT, UPDATE');
SELECT worker_table('products', 'SELECT');

-- Who takes part, as Participation says: whoever does is no judge of the project.
CREATE TABLE participants (
    tenant_id uuid NOT NULL,
    participation_id uuid NOT NULL,
    project_id uuid NOT NULL,
    investor_id uuid NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    share_type text NOT NULL CHECK (share_type IN ('PRODUCTS', 'PROFIT_ONLY')),
    state text NOT NULL CHECK (state IN ('REQUESTED', 'APPROVED', 'ACTIVE', 'SETTLED', 'REJECTED',
        'WITHDRAWN', 'EXPIRED', 'REFUNDED')),
    PRIMARY KEY (tenant_id, participation_id),
    FOREIGN KEY (tenant_id, project_id) REFERENCES projects
);
SELECT tenant_table('participants', 'SELECT, INSERT, UPDATE');
SELECT worker_table('participants', 'SELECT');
CREATE INDEX participants_by_project ON participants (tenant_id, project_id, participation_id);

-- The sealed list, exactly: allotments are worked out from it.
CREATE TABLE sealed_participations (
    tenant_id uuid NOT NULL,
    participation_id uuid NOT NULL,
    project_id uuid NOT NULL,
    investor_id uuid NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    share_type text NOT NULL CHECK (share_type IN ('PRODUCTS', 'PROFIT_ONLY')),
    owner_stake boolean NOT NULL,
    approved_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, participation_id),
    FOREIGN KEY (tenant_id, project_id) REFERENCES projects
);
SELECT tenant_table('sealed_participations', 'SELECT, INSERT');
SELECT worker_table('sealed_participations', 'SELECT');
SELECT append_only('sealed_participations');
CREATE INDEX sealed_by_project ON sealed_participations (tenant_id, project_id, participation_id);

-- Execution: what arrives, and how it leaves (domain.md §5 "Goods"). Written under the project's
-- lock; what was written once is never changed, but for the two facts that end a story: an
-- allotment is handed over, a stock closure is agreed.

CREATE TABLE goods_counts (
    tenant_id uuid NOT NULL,
    project_id uuid NOT NULL,
    counted_at timestamptz NOT NULL,
    note text NOT NULL CHECK (length(note) <= 1000),
    PRIMARY KEY (tenant_id, project_id),
    FOREIGN KEY (tenant_id, project_id) REFERENCES projects
);
SELECT tenant_table('goods_counts', 'SELECT, INSERT');
SELECT append_only('goods_counts');

CREATE TABLE allotments (
    tenant_id uuid NOT NULL,
    participation_id uuid NOT NULL,
    project_id uuid NOT NULL,
    sku text NOT NULL,
    investor_id uuid NOT NULL,
    units bigint NOT NULL CHECK (units >= 0),
    handed_over_at timestamptz,
    PRIMARY KEY (tenant_id, participation_id, sku),
    FOREIGN KEY (tenant_id, participation_id) REFERENCES sealed_participations,
    FOREIGN KEY (tenant_id, project_id, sku) REFERENCES products (tenant_id, project_id, sku)
);
SELECT tenant_table('allotments', 'SELECT, INSERT, UPDATE (handed_over_at)');
SELECT worker_table('allotments', 'SELECT');
CREATE INDEX allotments_by_project ON allotments (tenant_id, project_id, sku);

CREATE TABLE sales (
    tenant_id uuid NOT NULL,
    sale_id uuid NOT NULL,
    project_id uuid NOT NULL,
    buyer text NOT NULL CHECK (length(buyer) BETWEEN 1 AND 200),
    net_minor bigint NOT NULL CHECK (net_minor > 0),
    reported_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, sale_id),
    FOREIGN KEY (tenant_id, project_id) REFERENCES projects
);
SELECT tenant_table('sales', 'SELECT, INSERT');
SELECT worker_table('sales', 'SELECT');
SELECT append_only('sales');
CREATE INDEX sales_by_project ON sales (tenant_id, project_id, sale_id);

CREATE TABLE sale_lines (
    tenant_id uuid NOT NULL,
    sale_id uuid NOT NULL,
    position integer NOT NULL CHECK (position >= 0),
    project_id uuid NOT NULL,
    sku text NOT NULL,
    units bigint NOT NULL CHECK (units > 0),
    net_minor bigint NOT NULL CHECK (net_minor > 0),
    PRIMARY KEY (tenant_id, sale_id, position),
    FOREIGN KEY (tenant_id, sale_id) REFERENCES sales,
    FOREIGN KEY (tenant_id, project_id, sku) REFERENCES products (tenant_id, project_id, sku)
);
SELECT tenant_table('sale_lines', 'SELECT, INSERT');
SELECT worker_table('sale_lines', 'SELECT');
SELECT append_only('sale_lines');
CREATE INDEX sale_lines_by_product ON sale_lines (tenant_id, project_id, sku);

CREATE TABLE stock_closures (
    tenant_id uuid NOT NULL,
    closure_id uuid NOT NULL,
    project_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('WRITE_OFF', 'BUY_BACK')),
    sku text NOT NULL,
    units bigint NOT NULL CHECK (units > 0),
    reason text CHECK (length(reason) BETWEEN 1 AND 500),
    price_minor bigint CHECK (price_minor >= 0),
    proposed_at timestamptz NOT NULL,
    agreed_by uuid,
    agreed_at timestamptz,
    PRIMARY KEY (tenant_id, closure_id),
    FOREIGN KEY (tenant_id, project_id, sku) REFERENCES products (tenant_id, project_id, sku),
    CONSTRAINT written_off_with_reason CHECK ((kind = 'WRITE_OFF') = (reason IS NOT NULL)),
    CONSTRAINT bought_back_at_a_price CHECK ((kind = 'BUY_BACK') = (price_minor IS NOT NULL)),
    CONSTRAINT agreed_by_somebody CHECK ((agreed_by IS NULL) = (agreed_at IS NULL))
);
SELECT tenant_table('stock_closures',
    'SELECT, INSERT, UPDATE (price_minor, agreed_by, agreed_at)');
SELECT worker_table('stock_closures', 'SELECT');
CREATE INDEX stock_closures_by_product ON stock_closures (tenant_id, project_id, sku);

-- Sales and buy-backs whose bank receipt Accounting matched, by the sale's or the closure's id.
CREATE TABLE matched_claims (
    tenant_id uuid NOT NULL,
    claim_id uuid NOT NULL,
    project_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, claim_id)
);
SELECT tenant_table('matched_claims', 'SELECT, INSERT');
SELECT append_only('matched_claims');
