-- What every service's database has. The migrator sets `fondeo.app_role` and `fondeo.worker_role`.

-- The tenant of the unit of work; unset means no rows.
CREATE FUNCTION app_tenant() RETURNS uuid LANGUAGE sql STABLE AS
$$ SELECT nullif(current_setting('app.tenant', true), '')::uuid $$;

-- Makes a table a tenant's table: row-level security for everyone, and the application's rights.
CREATE FUNCTION tenant_table(t regclass, rights text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant ON %s TO %I USING (tenant_id = app_tenant()) WITH CHECK (tenant_id = app_tenant())',
        t, current_setting('fondeo.app_role'));
    EXECUTE format('CREATE POLICY migrator ON %s TO %I USING (true) WITH CHECK (true)', t, current_user);
    EXECUTE format('GRANT %s ON %s TO %I', rights, t, current_setting('fondeo.app_role'));
END $$;

-- Lets the workers that cross tenants (sequencer, sweepers, audit) at a table.
CREATE FUNCTION worker_table(t regclass, rights text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE POLICY worker ON %s TO %I USING (true) WITH CHECK (true)',
        t, current_setting('fondeo.worker_role'));
    EXECUTE format('GRANT %s ON %s TO %I', rights, t, current_setting('fondeo.worker_role'));
END $$;

-- Refuses UPDATE, DELETE and TRUNCATE, whoever asks.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE FUNCTION append_only(t regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION refuse_change()', t);
    EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', t);
END $$;

-- Business time = database time + offset; forward only (architecture.md §5).
CREATE TABLE business_clock (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    offset_s bigint NOT NULL DEFAULT 0 CHECK (offset_s >= 0)
);
INSERT INTO business_clock DEFAULT VALUES;
DO $$ BEGIN
    EXECUTE format('GRANT SELECT, UPDATE ON business_clock TO %I', current_setting('fondeo.app_role'));
    EXECUTE format('GRANT SELECT ON business_clock TO %I', current_setting('fondeo.worker_role'));
END $$;

-- Answers to repeated requests (architecture.md §5).
CREATE TABLE idempotency (
    tenant_id uuid NOT NULL,
    subject text NOT NULL,
    operation text NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    answer text NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, subject, operation, key)
);
SELECT tenant_table('idempotency', 'SELECT, INSERT');
SELECT worker_table('idempotency', 'SELECT, DELETE');
