-- The seals of the audit trail of Shugo, beside the trail of package pgsink. Every statement may be applied again. {schema}
-- is the quoted name of the schema.

-- One row for each log. The trail of a database is one log, until a copy of the database goes on with the next.
CREATE TABLE IF NOT EXISTS {schema}."audit_log" (
    "era"        smallint    NOT NULL,
    "origin"     text        NOT NULL,           -- the name of the log in its checkpoints
    "system"     text        NOT NULL,           -- where it is written: pg_control_system().system_identifier,
    "timeline"   integer     NOT NULL,           -- the timeline of the write-ahead log,
    "database"   oid         NOT NULL,           -- and the database
    "size"       bigint      NOT NULL DEFAULT 0, -- sealed leaves
    "root"       bytea       NOT NULL,           -- of the tree of them
    "tx"         xid8        NOT NULL DEFAULT '0', -- of the last sealed record
    "seq"        bigint      NOT NULL DEFAULT 0,
    "fence"      bigint      NOT NULL DEFAULT 0, -- raised by each sealer that begins: an earlier one can write no more
    "previous"   text        NOT NULL DEFAULT '', -- the line that links its checkpoints to the log before; empty: none
    "started_at" timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT "audit_log_era" PRIMARY KEY ("era")
);

-- The nodes of the tree: 256 hashes of 32 bytes, fewer at the right edge.
CREATE TABLE IF NOT EXISTS {schema}."audit_tile" (
    "era"    smallint NOT NULL,
    "level"  smallint NOT NULL, -- 0: leaf hashes; each level is 8 above the one before
    "index"  bigint   NOT NULL,
    "hashes" bytea    NOT NULL,
    "tx"     xid8,              -- level 0: of the record of its first leaf
    "seq"    bigint,
    CONSTRAINT "audit_tile_place" PRIMARY KEY ("era", "level", "index")
);
CREATE INDEX IF NOT EXISTS "audit_tile_by_record" ON {schema}."audit_tile" ("era", "tx", "seq") WHERE "level" = 0;

CREATE TABLE IF NOT EXISTS {schema}."audit_checkpoint" (
    "era"    smallint NOT NULL,
    "number" bigint   NOT NULL, -- dense, from 1
    "size"   bigint   NOT NULL,
    "note"   text     NOT NULL,
    CONSTRAINT "audit_checkpoint_number" PRIMARY KEY ("era", "number")
);

-- How far each publisher has got.
CREATE TABLE IF NOT EXISTS {schema}."audit_published" (
    "publisher" text     NOT NULL,
    "era"       smallint NOT NULL,
    "number"    bigint   NOT NULL,
    CONSTRAINT "audit_published_publisher" PRIMARY KEY ("publisher", "era")
);
