-- The journal of governed writes of a graph. Every statement may be applied again. {schema} is the quoted name of the schema.

CREATE SCHEMA IF NOT EXISTS {schema};

-- The versions of entities. It has no cache: a number is drawn while the entity is locked in the graph, so that numbers of
-- one entity ascend in the order in which its versions become visible there.
CREATE SEQUENCE IF NOT EXISTS {schema}."graph_version" CACHE 1;

-- What each governed entity became, in the transaction of the SQL side. The newest image of an entity is what the graph has,
-- or is about to be given.
CREATE TABLE IF NOT EXISTS {schema}."graph_journal" (
    "kind"    smallint NOT NULL CHECK ("kind" IN (1, 2)), -- node, relationship
    "gid"     text     NOT NULL CHECK ("gid" <> ''),
    "version" bigint   NOT NULL,
    -- The transaction that wrote it: what a snapshot of transactions shows of the journal is what it shows of the SQL side.
    "tx"      xid8     NOT NULL DEFAULT pg_current_xact_id(),
    "gone"    boolean  NOT NULL, -- it was deleted: the image is of a relationship's type and ends, or empty
    "image"   bytea    NOT NULL, -- in the form of the package's documentation

    CONSTRAINT "graph_journal_versions" PRIMARY KEY ("kind", "gid", "version")
);
CREATE INDEX IF NOT EXISTS "graph_journal_by_transaction" ON {schema}."graph_journal" ("tx");

CREATE TABLE IF NOT EXISTS {schema}."graph_state" (
    "one"     boolean     NOT NULL DEFAULT true CHECK ("one") CONSTRAINT "graph_state_one" PRIMARY KEY,
    -- Names this course of history. A copy that goes its own way, with transaction numbers of its own, gets another.
    "lineage" uuid        NOT NULL DEFAULT gen_random_uuid(),
    -- What this shows of the journal is in the graph.
    "settled" pg_snapshot NOT NULL DEFAULT '1:1:'
);
INSERT INTO {schema}."graph_state" DEFAULT VALUES ON CONFLICT DO NOTHING;
