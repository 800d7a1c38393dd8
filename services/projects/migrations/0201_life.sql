-- What stands beside the ten states: why a flag is set, how far a refund is, what was told of a
-- published project, and which allotments nobody collected in time (domain.md §2, §5).

ALTER TABLE projects
    ADD COLUMN flag_reason text CHECK (length(flag_reason) BETWEEN 1 AND 500),
    ADD COLUMN refunds_expected bigint CHECK (refunds_expected >= 0),
    ADD COLUMN key_information_wanted integer NOT NULL DEFAULT 0 CHECK (key_information_wanted >= 0),
    -- Whether all of its events have what its row can be told from. Those from before do not.
    ADD COLUMN replayable boolean NOT NULL DEFAULT false;
ALTER TABLE projects ALTER COLUMN replayable SET DEFAULT true;
UPDATE projects SET key_information_wanted = 1 WHERE published_at IS NOT NULL;

ALTER TABLE participants DROP CONSTRAINT participants_state_check;
ALTER TABLE participants ADD CONSTRAINT participants_state_check
    CHECK (state IN ('REQUESTED', 'APPROVED', 'ACTIVE', 'SETTLED', 'LIQUIDATED', 'REJECTED',
        'WITHDRAWN', 'EXPIRED', 'REFUNDED'));

CREATE TABLE project_flags (
    tenant_id uuid NOT NULL,
    project_id uuid NOT NULL,
    set_at timestamptz NOT NULL,
    flag text NOT NULL CHECK (flag IN ('NONE', 'LATE', 'DISPUTED', 'SUSPENDED')),
    reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    set_by uuid NOT NULL,
    PRIMARY KEY (tenant_id, project_id, set_at),
    FOREIGN KEY (tenant_id, project_id) REFERENCES projects
);
SELECT tenant_table('project_flags', 'SELECT, INSERT');
SELECT append_only('project_flags');

CREATE TABLE material_changes (
    tenant_id uuid NOT NULL,
    change_id uuid NOT NULL,
    project_id uuid NOT NULL,
    text text NOT NULL CHECK (length(text) BETWEEN 1 AND 4000),
    renew_by timestamptz,
    notified_by uuid NOT NULL,
    notified_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, change_id),
    FOREIGN KEY (tenant_id, project_id) REFERENCES projects
);
SELECT tenant_table('material_changes', 'SELECT, INSERT');
SELECT append_only('material_changes');
CREATE INDEX material_changes_by_project ON material_changes (tenant_id, project_id, change_id);

-- Participations whose money Accounting freed or paid back, whatever the reason.
CREATE TABLE returned_money (
    tenant_id uuid NOT NULL,
    participation_id uuid NOT NULL,
    project_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, participation_id)
);
SELECT tenant_table('returned_money', 'SELECT, INSERT');
SELECT append_only('returned_money');

ALTER TABLE allotments
    ADD COLUMN lapsed_at timestamptz,
    ADD CONSTRAINT handed_over_or_lapsed CHECK (handed_over_at IS NULL OR lapsed_at IS NULL);
DO $$ BEGIN
    EXECUTE format('GRANT UPDATE (lapsed_at) ON allotments TO %I',
        current_setting('fondeo.app_role'));
END $$;
-- The time to collect runs for what was counted before, too.
UPDATE projects p
SET due_at = c.counted_at + make_interval(days => (p.terms ->> 'collection_days')::integer)
FROM goods_counts c
WHERE c.tenant_id = p.tenant_id AND c.project_id = p.project_id
  AND (p.state = 'IN_EXECUTION' OR p.liquidation = 'OPEN');
