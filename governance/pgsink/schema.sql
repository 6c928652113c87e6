-- The audit trail of Shugo. Every statement may be applied again. {schema} is the quoted name of the schema.

CREATE SCHEMA IF NOT EXISTS {schema};

-- The log: what is on record, as it was written. It has one index and nothing else, because each effect is inserted in the
-- transaction of the write that it tells of.
CREATE TABLE IF NOT EXISTS {schema}."audit_record" (
    -- The number of the log. A restored copy of the database goes on with the next one, by another default.
    "era"     smallint NOT NULL DEFAULT 1,
    -- The transaction that recorded the event: of an effect, the transaction of the write itself. Within an era, the order
    -- of the log is ("tx", "seq"), and no row comes before one with tx < pg_snapshot_xmin(pg_current_snapshot()) any more.
    "tx"      xid8     NOT NULL DEFAULT pg_current_xact_id(),
    -- The order within a transaction. Sessions take numbers in blocks: among transactions it has no order, and gaps mean
    -- nothing.
    "seq"     bigint   NOT NULL GENERATED ALWAYS AS IDENTITY (CACHE 64),
    -- The record, in canonical bytes: persons are salted commitments.
    "leaf"    bytea    NOT NULL,
    -- What opens the commitments: 16 bytes of pseudonym and 16 bytes of salt. NULL: nobody, or erased.
    "actor"   bytea,
    "subject" bytea,

    CONSTRAINT "audit_record_order" PRIMARY KEY ("era", "tx", "seq")
);

-- The log is append only, for everybody whom PostgreSQL lets fire triggers, the table's owner included. The one change
-- that it takes is that an opening goes. ENABLE ALWAYS, because session_replication_role = replica would go around an
-- ordinary trigger.
CREATE OR REPLACE FUNCTION {schema}."refuse_change"() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND TG_LEVEL = 'ROW' AND TG_TABLE_NAME = 'audit_record' THEN
        IF (NEW."era", NEW."tx", NEW."seq", NEW."leaf") = (OLD."era", OLD."tx", OLD."seq", OLD."leaf")
            AND (NEW."actor" IS NULL OR NEW."actor" IS NOT DISTINCT FROM OLD."actor")
            AND (NEW."subject" IS NULL OR NEW."subject" IS NOT DISTINCT FROM OLD."subject") THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'the audit trail is append only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE OR REPLACE TRIGGER "audit_record_append_only"
    BEFORE DELETE OR TRUNCATE ON {schema}."audit_record"
    FOR EACH STATEMENT EXECUTE FUNCTION {schema}."refuse_change"();
CREATE OR REPLACE TRIGGER "audit_record_unchanged"
    BEFORE UPDATE ON {schema}."audit_record"
    FOR EACH ROW EXECUTE FUNCTION {schema}."refuse_change"();
ALTER TABLE {schema}."audit_record" ENABLE ALWAYS TRIGGER "audit_record_append_only";
ALTER TABLE {schema}."audit_record" ENABLE ALWAYS TRIGGER "audit_record_unchanged";

-- Events that were handed over outside of any unit of work, for a week: those may be handed over again.
CREATE TABLE IF NOT EXISTS {schema}."audit_once" (
    "id"   uuid     NOT NULL,
    "kind" smallint NOT NULL,
    CONSTRAINT "audit_once_event" PRIMARY KEY ("id", "kind")
);

-- How many entries of each local file are in the log.
CREATE TABLE IF NOT EXISTS {schema}."audit_origin" (
    "origin" text   NOT NULL,
    "next"   bigint NOT NULL,
    CONSTRAINT "audit_origin_name" PRIMARY KEY ("origin")
);

-- The index for searching. It is derived from the log, and comes after it.
CREATE TABLE IF NOT EXISTS {schema}."audit_index" (
    "era"        smallint    NOT NULL,
    "tx"         xid8        NOT NULL,
    "seq"        bigint      NOT NULL,
    "id"         uuid        NOT NULL,
    "kind"       smallint    NOT NULL, -- 1 attempt, 2 denial, 3 effect, 4 failure, 0 another
    "decided_at" timestamptz NOT NULL,
    "operation"  text        NOT NULL,
    "action"     text        NOT NULL,
    "categories" text[]      NOT NULL,
    "actor"      uuid,                 -- pseudonym; NULL: nobody, or erased
    "subject"    uuid,                 -- likewise
    CONSTRAINT "audit_index_event" PRIMARY KEY ("id", "kind")
);
CREATE INDEX IF NOT EXISTS "audit_index_by_time"     ON {schema}."audit_index" ("decided_at");
CREATE INDEX IF NOT EXISTS "audit_index_by_action"   ON {schema}."audit_index" ("action", "decided_at");
CREATE INDEX IF NOT EXISTS "audit_index_by_actor"    ON {schema}."audit_index" ("actor", "decided_at");
CREATE INDEX IF NOT EXISTS "audit_index_by_subject"  ON {schema}."audit_index" ("subject", "decided_at");
CREATE INDEX IF NOT EXISTS "audit_index_by_category" ON {schema}."audit_index" USING gin ("categories");

-- Up to where the log is indexed: one row.
CREATE TABLE IF NOT EXISTS {schema}."audit_indexed" (
    "only" boolean  NOT NULL DEFAULT true,
    "era"  smallint NOT NULL,
    "tx"   xid8     NOT NULL,
    "seq"  bigint   NOT NULL,
    CONSTRAINT "audit_indexed_only" PRIMARY KEY ("only"),
    CHECK ("only")
);
INSERT INTO {schema}."audit_indexed" ("era", "tx", "seq") VALUES (0, '0', 0) ON CONFLICT DO NOTHING;
