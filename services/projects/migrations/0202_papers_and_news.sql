-- What stands beside a project: its images and documents, the steps of its shipment, what its owner
-- tells, and what people ask. Rows are added; what ends is marked.

CREATE TABLE documents (
    tenant_id uuid NOT NULL,
    document_id uuid NOT NULL,
    project_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('IMAGE', 'INVOICE', 'PROFORMA', 'CONTRACT', 'BILL_OF_LADING',
        'CUSTOMS_DECLARATION', 'CERTIFICATE', 'OTHER')),
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    visibility text NOT NULL CHECK (visibility IN ('PUBLIC', 'PARTICIPANTS', 'STAFF')),
    blob_key text NOT NULL,
    sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
    media_type text NOT NULL,
    length bigint NOT NULL CHECK (length > 0),
    attached_at timestamptz NOT NULL,
    supersedes uuid,
    removed_at timestamptz,
    PRIMARY KEY (tenant_id, document_id),
    UNIQUE (tenant_id, supersedes),
    FOREIGN KEY (tenant_id, project_id) REFERENCES projects,
    FOREIGN KEY (tenant_id, supersedes) REFERENCES documents,
    CONSTRAINT only_images_are_removed CHECK (removed_at IS NULL OR kind = 'IMAGE')
);
SELECT tenant_table('documents', 'SELECT, INSERT, UPDATE (removed_at)');
CREATE INDEX documents_by_project ON documents (tenant_id, project_id, document_id);

CREATE TABLE milestones (
    tenant_id uuid NOT NULL,
    milestone_id uuid NOT NULL,
    project_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('PURCHASE_ORDER', 'PRODUCTION', 'INSPECTION', 'SHIPPED',
        'IN_TRANSIT', 'ARRIVED_PORT', 'CUSTOMS_CLEARED', 'WAREHOUSE')),
    note text NOT NULL CHECK (length(note) <= 1000),
    occurred_at timestamptz NOT NULL,
    document_id uuid,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, milestone_id),
    UNIQUE (tenant_id, project_id, kind),
    FOREIGN KEY (tenant_id, project_id) REFERENCES projects,
    FOREIGN KEY (tenant_id, document_id) REFERENCES documents
);
SELECT tenant_table('milestones', 'SELECT, INSERT');
SELECT append_only('milestones');

CREATE TABLE updates (
    tenant_id uuid NOT NULL,
    update_id uuid NOT NULL,
    project_id uuid NOT NULL,
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    text text NOT NULL CHECK (length(text) BETWEEN 1 AND 10000),
    document_ids uuid[] NOT NULL,
    posted_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, update_id),
    FOREIGN KEY (tenant_id, project_id) REFERENCES projects
);
SELECT tenant_table('updates', 'SELECT, INSERT');
SELECT append_only('updates');
CREATE INDEX updates_by_project ON updates (tenant_id, project_id, update_id);

CREATE TABLE questions (
    tenant_id uuid NOT NULL,
    question_id uuid NOT NULL,
    project_id uuid NOT NULL,
    asked_by uuid NOT NULL,
    text text NOT NULL CHECK (length(text) BETWEEN 1 AND 1000),
    asked_at timestamptz NOT NULL,
    answer text CHECK (length(answer) BETWEEN 1 AND 4000),
    answered_at timestamptz,
    hidden_by uuid,
    hidden_because text CHECK (length(hidden_because) BETWEEN 1 AND 500),
    PRIMARY KEY (tenant_id, question_id),
    FOREIGN KEY (tenant_id, project_id) REFERENCES projects,
    CONSTRAINT answered_at_some_time CHECK ((answer IS NULL) = (answered_at IS NULL)),
    CONSTRAINT hidden_with_reason CHECK ((hidden_by IS NULL) = (hidden_because IS NULL))
);
SELECT tenant_table('questions',
    'SELECT, INSERT, UPDATE (answer, answered_at, hidden_by, hidden_because)');
CREATE INDEX questions_by_project ON questions (tenant_id, project_id, question_id);
CREATE INDEX questions_by_asker ON questions (tenant_id, project_id, asked_by, asked_at);

CREATE INDEX projects_by_deadline ON projects (tenant_id, funding_deadline, project_id);
