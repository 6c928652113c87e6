-- The audit trail of Shugo. Every statement may be applied again. {schema} is the quoted name of the schema.

CREATE SCHEMA IF NOT EXISTS {schema};

DO $$
BEGIN
    CREATE TYPE {schema}."audit_kind" AS ENUM ('attempt', 'denial', 'effect', 'failure');
EXCEPTION WHEN duplicate_object THEN NULL; -- there is no IF NOT EXISTS for types
END
$$;

-- The types of "kind", "actor" and "subject" say what their values may be: a CHECK on each costs as much as two indexes,
-- in every insert.
CREATE TABLE IF NOT EXISTS {schema}."audit_event" (
    -- The order of events within a transaction. Sessions take numbers in blocks: among transactions seq has no order, and
    -- gaps mean nothing.
    "seq"         bigint      NOT NULL GENERATED ALWAYS AS IDENTITY (CACHE 64),
    -- The transaction that recorded the event: of an effect, the transaction of the write itself. Rows are safe to read
    -- in the order of (tx, seq) once tx < pg_snapshot_xmin(pg_current_snapshot()), and none of them comes later.
    "tx"          xid8        NOT NULL DEFAULT pg_current_xact_id(),
    "recorded_at" timestamptz NOT NULL DEFAULT clock_timestamp(),

    "id"          uuid        NOT NULL,
    "kind"        {schema}."audit_kind" NOT NULL,
    "decided_at"  timestamptz NOT NULL,
    "operation"   text        NOT NULL,
    "store"       text        NOT NULL,
    "dataset"     text        NOT NULL,
    "categories"  text[]      NOT NULL,
    "action"      text        NOT NULL,
    "purpose"     text        NOT NULL,
    "version"     text        NOT NULL,
    "stage"       text        NOT NULL,
    "rule"        text        NOT NULL,
    "reason"      text        NOT NULL,
    "rows"        bigint,                     -- NULL: nobody counted
    "masked"      text[]      NOT NULL,
    -- Pseudonyms: 32 hexadecimal digits are what a uuid holds. replace("actor"::text, '-', '') shows them as they are in
    -- the program; a comparison takes either form.
    "actor"       uuid,                       -- NULL: nobody was authenticated
    "subject"     uuid,                       -- NULL: nobody, or many

    CONSTRAINT "audit_event_once" PRIMARY KEY ("id", "kind")
);

-- None is partial: evaluating a predicate in each insert costs more than the entry that it saves.
CREATE INDEX IF NOT EXISTS "audit_event_by_time"     ON {schema}."audit_event" ("decided_at");
CREATE INDEX IF NOT EXISTS "audit_event_by_action"   ON {schema}."audit_event" ("action", "decided_at");
CREATE INDEX IF NOT EXISTS "audit_event_by_actor"    ON {schema}."audit_event" ("actor", "decided_at");
CREATE INDEX IF NOT EXISTS "audit_event_by_subject"  ON {schema}."audit_event" ("subject", "decided_at");
CREATE INDEX IF NOT EXISTS "audit_event_by_category" ON {schema}."audit_event" USING gin ("categories");

-- Append only, for everybody whom PostgreSQL lets fire triggers, the table's owner included. ENABLE ALWAYS, because
-- session_replication_role = replica would go around an ordinary trigger.
CREATE OR REPLACE FUNCTION {schema}."refuse_change"() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is append only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE OR REPLACE TRIGGER "audit_event_append_only"
    BEFORE UPDATE OR DELETE OR TRUNCATE ON {schema}."audit_event"
    FOR EACH STATEMENT EXECUTE FUNCTION {schema}."refuse_change"();

ALTER TABLE {schema}."audit_event" ENABLE ALWAYS TRIGGER "audit_event_append_only";
