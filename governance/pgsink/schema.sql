-- The audit trail of Shugo. Every statement may be applied again. {schema} is the quoted name of the schema.

CREATE SCHEMA IF NOT EXISTS {schema};

-- The log: what is promised is promised about this table, and everything else but audit_once and audit_origin can be made
-- from it. It is as narrow as it can be, since every write that is audited pays for a row of it.
CREATE TABLE IF NOT EXISTS {schema}."audit_record" (
    -- The number of the log. A copy of the database that goes its own way, such as one that was restored, starts the next
    -- one: transaction numbers of its own are no continuation of those that it has copied.
    "era"     smallint NOT NULL DEFAULT 1,
    -- The transaction that recorded it: of an effect, the transaction of the write itself. A row may be read in the order
    -- of (tx, seq) once tx < pg_snapshot_xmin(pg_current_snapshot()): no row of an earlier place comes any more.
    "tx"      xid8     NOT NULL DEFAULT pg_current_xact_id(),
    -- The order within a transaction. Sessions take numbers in blocks: among transactions seq has no order, and gaps mean
    -- nothing.
    "seq"     bigint   NOT NULL GENERATED ALWAYS AS IDENTITY (CACHE 64),
    "leaf"    bytea    NOT NULL,
    -- Openings of the persons in the leaf: pseudonym and salt, 16 bytes each. NULL: nobody, or erased.
    "actor"   bytea,
    "subject" bytea,

    CONSTRAINT "audit_record_order" PRIMARY KEY ("era", "tx", "seq")
);

-- Events that were handed over outside of a unit of work, so that one that is handed over again is not recorded again.
-- The ID of a governed call begins with its time (RFC 9562, section 5.7), which is how old rows are found.
CREATE TABLE IF NOT EXISTS {schema}."audit_once" (
    "id"   uuid     NOT NULL,
    "kind" smallint NOT NULL,

    CONSTRAINT "audit_once_key" PRIMARY KEY ("id", "kind")
);

-- How much of each local file of records is in the log.
CREATE TABLE IF NOT EXISTS {schema}."audit_origin" (
    "origin" text   NOT NULL,
    "next"   bigint NOT NULL DEFAULT 0 CHECK ("next" >= 0), -- the position of the first entry that is not

    CONSTRAINT "audit_origin_key" PRIMARY KEY ("origin")
);

-- For searching: what is looked for in the log, up to the watermark. It may be emptied, with the watermark, at any time.
CREATE TABLE IF NOT EXISTS {schema}."audit_index" (
    "era"        smallint    NOT NULL,
    "tx"         xid8        NOT NULL,
    "seq"        bigint      NOT NULL,
    "id"         uuid        NOT NULL,
    "kind"       smallint    NOT NULL, -- 1 attempt, 2 denial, 3 effect, 4 failure
    "decided_at" timestamptz NOT NULL,
    "operation"  text        NOT NULL,
    "action"     text        NOT NULL,
    "categories" text[]      NOT NULL,
    -- Pseudonyms: 32 hexadecimal digits are what a uuid holds. NULL: nobody, or erased.
    "actor"      uuid,
    "subject"    uuid,

    CONSTRAINT "audit_index_once" PRIMARY KEY ("id", "kind")
);

CREATE INDEX IF NOT EXISTS "audit_index_by_time"     ON {schema}."audit_index" ("decided_at");
CREATE INDEX IF NOT EXISTS "audit_index_by_action"   ON {schema}."audit_index" ("action", "decided_at");
CREATE INDEX IF NOT EXISTS "audit_index_by_actor"    ON {schema}."audit_index" ("actor", "decided_at");
CREATE INDEX IF NOT EXISTS "audit_index_by_subject"  ON {schema}."audit_index" ("subject", "decided_at");
CREATE INDEX IF NOT EXISTS "audit_index_by_category" ON {schema}."audit_index" USING gin ("categories");

-- Records up to the watermark that searching does not show: one of an event that is on record already, in an earlier
-- place, and one whose leaf cannot be read. Erasing a person has to find these too.
CREATE TABLE IF NOT EXISTS {schema}."audit_aside" (
    "era"     smallint NOT NULL,
    "tx"      xid8     NOT NULL,
    "seq"     bigint   NOT NULL,
    "reason"  text     NOT NULL CHECK ("reason" IN ('again', 'malformed')),
    "actor"   uuid,
    "subject" uuid,

    CONSTRAINT "audit_aside_order" PRIMARY KEY ("era", "tx", "seq")
);

-- The watermark: the last record that is in audit_index or in audit_aside.
CREATE TABLE IF NOT EXISTS {schema}."audit_indexed" (
    "one" boolean  NOT NULL DEFAULT true CHECK ("one") CONSTRAINT "audit_indexed_one" PRIMARY KEY,
    "era" smallint NOT NULL DEFAULT 0,
    "tx"  xid8     NOT NULL DEFAULT '0',
    "seq" bigint   NOT NULL DEFAULT 0
);
INSERT INTO {schema}."audit_indexed" DEFAULT VALUES ON CONFLICT DO NOTHING;

-- The log is append only, for everybody whom PostgreSQL lets fire triggers, the owner of the table included: the one
-- change that it takes is an opening that goes. ENABLE ALWAYS, because session_replication_role = replica would go around
-- an ordinary trigger.
CREATE OR REPLACE FUNCTION {schema}."audit_refuse"() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is append only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE OR REPLACE TRIGGER "audit_record_append_only"
    BEFORE DELETE OR TRUNCATE ON {schema}."audit_record"
    FOR EACH STATEMENT EXECUTE FUNCTION {schema}."audit_refuse"();

CREATE OR REPLACE TRIGGER "audit_record_only_openings_go"
    BEFORE UPDATE ON {schema}."audit_record"
    FOR EACH ROW WHEN (
        (NEW."era", NEW."tx", NEW."seq", NEW."leaf") IS DISTINCT FROM (OLD."era", OLD."tx", OLD."seq", OLD."leaf")
        OR NEW."actor" IS NOT NULL AND NEW."actor" IS DISTINCT FROM OLD."actor"
        OR NEW."subject" IS NOT NULL AND NEW."subject" IS DISTINCT FROM OLD."subject"
    ) EXECUTE FUNCTION {schema}."audit_refuse"();

ALTER TABLE {schema}."audit_record" ENABLE ALWAYS TRIGGER "audit_record_append_only";
ALTER TABLE {schema}."audit_record" ENABLE ALWAYS TRIGGER "audit_record_only_openings_go";

-- Without its row, Search would take the whole log for indexed.
CREATE OR REPLACE TRIGGER "audit_indexed_stays"
    BEFORE DELETE OR TRUNCATE ON {schema}."audit_indexed"
    FOR EACH STATEMENT EXECUTE FUNCTION {schema}."audit_refuse"();

ALTER TABLE {schema}."audit_indexed" ENABLE ALWAYS TRIGGER "audit_indexed_stays";
