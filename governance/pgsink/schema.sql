-- The audit trail. It is append-only: rows are inserted and read, nothing else.
CREATE SCHEMA IF NOT EXISTS shugo;

CREATE TABLE IF NOT EXISTS shugo.audit (
	seq         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	tx          xid8 NOT NULL DEFAULT pg_current_xact_id(),          -- orders rows by commit, where seq cannot
	recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	id          uuid NOT NULL,                                       -- of the call; its events share it
	kind        text NOT NULL CHECK (kind IN ('attempt', 'denial', 'effect', 'failure')),
	decided_at  timestamptz NOT NULL,
	operation   text NOT NULL,
	store       text NOT NULL,
	dataset     text NOT NULL,
	categories  text[] NOT NULL,
	action      text NOT NULL,
	purpose     text NOT NULL,
	version     text NOT NULL,
	stage       text NOT NULL,
	rule        text NOT NULL,
	reason      text NOT NULL,
	row_count   bigint CHECK (row_count >= 0),                       -- null: not counted
	masked      text[] NOT NULL,
	actor       text CHECK (actor ~ '^[0-9a-f]{32}$'),               -- pseudonym; null: nobody
	subject     text CHECK (subject ~ '^[0-9a-f]{32}$'),             -- pseudonym; null: nobody, or many
	UNIQUE (id, kind)                                                -- an event that is handed over twice is one row
);

COMMENT ON TABLE shugo.audit IS 'Audit trail: append-only, without personal data.';

CREATE INDEX IF NOT EXISTS audit_subject ON shugo.audit (subject, decided_at) WHERE subject IS NOT NULL;
CREATE INDEX IF NOT EXISTS audit_actor ON shugo.audit (actor, decided_at) WHERE actor IS NOT NULL;
CREATE INDEX IF NOT EXISTS audit_action ON shugo.audit (action, decided_at);
CREATE INDEX IF NOT EXISTS audit_time ON shugo.audit (decided_at);
CREATE INDEX IF NOT EXISTS audit_categories ON shugo.audit USING gin (categories);

CREATE OR REPLACE FUNCTION shugo.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'the audit trail takes no %', TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON shugo.audit
	FOR EACH STATEMENT EXECUTE FUNCTION shugo.refuse_change();
