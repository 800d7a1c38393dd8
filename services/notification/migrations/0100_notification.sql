-- Each person's inbox. A notice is kept as it was worded; only reading it changes it.

CREATE TABLE notices (
    tenant_id uuid NOT NULL,
    notice_id uuid NOT NULL,
    user_id uuid NOT NULL,
    event_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind ~ '^[a-z_]+$'),
    subject text NOT NULL CHECK (subject <> ''),
    body text NOT NULL CHECK (body <> ''),
    project_id uuid,
    at timestamptz NOT NULL,
    read_at timestamptz,
    PRIMARY KEY (tenant_id, notice_id),
    -- An event that comes twice tells each person once.
    UNIQUE (tenant_id, event_id, user_id)
);
SELECT tenant_table('notices', 'SELECT, INSERT');
DO $$ BEGIN
    EXECUTE format('GRANT UPDATE (read_at) ON notices TO %I', current_setting('fondeo.app_role'));
END $$;
CREATE INDEX inbox ON notices (tenant_id, user_id, notice_id DESC);
