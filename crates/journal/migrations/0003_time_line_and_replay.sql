-- Every id that an event speaks of: the time line of anything. The sequencer writes it.
CREATE TABLE journal_mention (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    seq bigint NOT NULL REFERENCES journal_order,
    PRIMARY KEY (tenant_id, id, seq)
);
SELECT tenant_table('journal_mention', 'SELECT');
SELECT worker_table('journal_mention', 'SELECT, INSERT');
SELECT append_only('journal_mention');

-- The events that were ordered before this table was there.
INSERT INTO journal_mention (tenant_id, id, seq)
SELECT DISTINCT o.tenant_id, found[1]::uuid, o.seq
FROM journal_order o JOIN journal j USING (event_id),
     regexp_matches(concat_ws(' ', j.aggregate, j.actor, j.body::json ->> 'data'),
         '\m[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\M', 'g') AS found;

-- When an administrator asked for a parked event to be tried again.
ALTER TABLE parked ADD COLUMN retry_at timestamptz;
DO $$ BEGIN
    EXECUTE format('GRANT UPDATE (retry_at, reason) ON parked TO %I', current_setting('fondeo.app_role'));
END $$;
