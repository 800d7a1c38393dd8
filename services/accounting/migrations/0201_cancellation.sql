-- Cancellation and what lapses (domain.md §5).

-- What was captured goes back once, whatever tells of it and how often.
CREATE TABLE refunds (
    tenant_id uuid NOT NULL,
    participation_id uuid NOT NULL,
    transfer_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, participation_id),
    FOREIGN KEY (tenant_id, transfer_id) REFERENCES transfers
);
SELECT tenant_table('refunds', 'SELECT, INSERT');
SELECT worker_table('refunds', 'SELECT');
SELECT append_only('refunds');

-- Allotments that were not collected in time and were sold for their holders: in a run the holder's
-- claim is in cash.
CREATE TABLE lapsed_allotments (
    tenant_id uuid NOT NULL,
    participation_id uuid NOT NULL,
    sku text NOT NULL,
    units bigint NOT NULL CHECK (units > 0),
    PRIMARY KEY (tenant_id, participation_id, sku),
    FOREIGN KEY (tenant_id, participation_id) REFERENCES participants
);
SELECT tenant_table('lapsed_allotments', 'SELECT, INSERT');
SELECT append_only('lapsed_allotments');
