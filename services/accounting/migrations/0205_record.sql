-- What the record must tell for the books to be made anew from it, and until when a hold is waited
-- for.

-- Booked before the record told of each transfer: replay takes them as they are.
CREATE TABLE unrecorded_transfers (
    tenant_id uuid NOT NULL,
    transfer_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, transfer_id),
    FOREIGN KEY (tenant_id, transfer_id) REFERENCES transfers
);
SELECT tenant_table('unrecorded_transfers', 'SELECT');
SELECT worker_table('unrecorded_transfers', 'SELECT');
INSERT INTO unrecorded_transfers SELECT tenant_id, transfer_id FROM transfers;
SELECT append_only('unrecorded_transfers');

-- Until when an owner may decide about a request: its hold should not be there a day later.
CREATE TABLE hold_deadlines (
    tenant_id uuid NOT NULL,
    participation_id uuid NOT NULL,
    decide_by timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, participation_id)
);
SELECT tenant_table('hold_deadlines', 'SELECT, INSERT');
SELECT worker_table('hold_deadlines', 'SELECT');
SELECT append_only('hold_deadlines');
