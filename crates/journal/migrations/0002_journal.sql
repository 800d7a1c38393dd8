-- The record: one row an event, never changed (architecture.md §4).
CREATE TABLE journal (
    event_id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    aggregate uuid NOT NULL,
    aggregate_version bigint NOT NULL,
    type text NOT NULL,
    body text NOT NULL, -- the CloudEvents envelope, exact bytes
    actor text NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (tenant_id, aggregate, aggregate_version)
);
SELECT tenant_table('journal', 'SELECT, INSERT');
SELECT worker_table('journal', 'SELECT');
SELECT append_only('journal');

-- Events that have no place yet, in the order of their rows. The sequencer empties it.
CREATE TABLE journal_queue (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id uuid NOT NULL,
    event_id uuid NOT NULL
);
SELECT tenant_table('journal_queue', 'SELECT, INSERT');
SELECT worker_table('journal_queue', 'SELECT, DELETE');

-- The order and the hash chain.
CREATE TABLE journal_order (
    seq bigint PRIMARY KEY CHECK (seq > 0),
    tenant_id uuid NOT NULL,
    event_id uuid NOT NULL UNIQUE REFERENCES journal,
    hash bytea NOT NULL CHECK (octet_length(hash) = 32)
);
SELECT tenant_table('journal_order', 'SELECT');
SELECT worker_table('journal_order', 'SELECT, INSERT');
SELECT append_only('journal_order');

-- The last event of each producer that this service applied. No tenant's data.
CREATE TABLE consumer_cursor (
    producer text PRIMARY KEY,
    seq bigint NOT NULL
);
-- Events that could not be applied, with those of their aggregate that came after.
CREATE TABLE parked (
    producer text NOT NULL,
    seq bigint NOT NULL,
    aggregate text NOT NULL,
    reason text NOT NULL,
    body text NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (producer, seq)
);
CREATE INDEX ON parked (producer, aggregate);
DO $$ BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON consumer_cursor TO %I', current_setting('fondeo.app_role'));
    EXECUTE format('GRANT SELECT, INSERT, DELETE ON parked TO %I', current_setting('fondeo.app_role'));
    EXECUTE format('GRANT SELECT ON consumer_cursor, parked TO %I', current_setting('fondeo.worker_role'));
END $$;
