-- Each person's inbox, what must be known to word it, and the mails that go out.

-- Copies of what Auth and Projects said last, fed by their events.
CREATE TABLE people (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    language text NOT NULL DEFAULT 'es' CHECK (language IN ('es', 'en')),
    roles text[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (tenant_id, user_id)
);
SELECT tenant_table('people', 'SELECT, INSERT, UPDATE');

CREATE TABLE projects (
    tenant_id uuid NOT NULL,
    project_id uuid NOT NULL,
    name text NOT NULL, -- empty until it is published
    PRIMARY KEY (tenant_id, project_id)
);
SELECT tenant_table('projects', 'SELECT, INSERT, UPDATE');
SELECT worker_table('projects', 'SELECT');

-- Whom a project's news concerns: a seat is a participation, or its owner's own.
CREATE TABLE seats (
    tenant_id uuid NOT NULL,
    project_id uuid NOT NULL,
    seat_id uuid NOT NULL,
    user_id uuid NOT NULL,
    is_owner boolean NOT NULL,
    PRIMARY KEY (tenant_id, project_id, seat_id)
);
SELECT tenant_table('seats', 'SELECT, INSERT, DELETE');
SELECT worker_table('seats', 'SELECT');

-- What concerns a project is kept, so that whoever is seated later learns of it too: events of
-- two services may overtake each other.
CREATE TABLE news (
    tenant_id uuid NOT NULL,
    event_id uuid NOT NULL,
    project_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind ~ '^[a-z_]+$'),
    for_owner_only boolean NOT NULL,
    amount_minor bigint,
    currency text CHECK (currency ~ '^[A-Z]{3}$'),
    reason text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, event_id),
    CHECK ((amount_minor IS NULL) = (currency IS NULL))
);
SELECT tenant_table('news', 'SELECT, INSERT');
SELECT worker_table('news', 'SELECT');
CREATE INDEX news_by_project ON news (tenant_id, project_id);

-- Facts, not words: a notice is worded when it is read, in its reader's language.
CREATE TABLE notices (
    tenant_id uuid NOT NULL,
    notice_id uuid NOT NULL,
    user_id uuid NOT NULL,
    event_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind ~ '^[a-z_]+$'),
    project_id uuid,
    amount_minor bigint,
    currency text CHECK (currency ~ '^[A-Z]{3}$'),
    reason text NOT NULL,
    at timestamptz NOT NULL,
    read_at timestamptz,
    PRIMARY KEY (tenant_id, notice_id),
    -- An event that comes twice tells each person once.
    UNIQUE (tenant_id, event_id, user_id),
    CHECK ((amount_minor IS NULL) = (currency IS NULL))
);
SELECT tenant_table('notices', 'SELECT, INSERT');
SELECT worker_table('notices', 'SELECT');
DO $$ BEGIN
    EXECUTE format('GRANT UPDATE (read_at) ON notices TO %I', current_setting('fondeo.app_role'));
END $$;
CREATE INDEX inbox ON notices (tenant_id, user_id, notice_id DESC);

-- Every notice also goes out as a mail; `next_try_at` is real time.
CREATE TABLE mails (
    tenant_id uuid NOT NULL,
    notice_id uuid NOT NULL,
    state text NOT NULL DEFAULT 'QUEUED' CHECK (state IN ('QUEUED', 'SENT')),
    tries integer NOT NULL DEFAULT 0,
    next_try_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, notice_id),
    FOREIGN KEY (tenant_id, notice_id) REFERENCES notices
);
SELECT tenant_table('mails', 'SELECT, INSERT, UPDATE');
SELECT worker_table('mails', 'SELECT, UPDATE');
CREATE INDEX mails_due ON mails (next_try_at) WHERE state = 'QUEUED';
