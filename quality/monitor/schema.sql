-- What the monitor of Shugo's data quality keeps. Every statement may be applied again. {schema} is the quoted name of the schema.

CREATE SCHEMA IF NOT EXISTS {schema};

-- One row for each assessment: when it is due, who is at it, and what is wrong.
CREATE TABLE IF NOT EXISTS {schema}."quality_assessment" (
    "name"        text        NOT NULL,
    "every"       interval    NOT NULL,
    "due_at"      timestamptz NOT NULL,           -- the oldest due time for which there is no report; the next are each "every" later
    "next_at"     timestamptz NOT NULL,           -- when it is run: due_at and the jitter, or later after a failure
    "run"         bigint      NOT NULL DEFAULT 0, -- number of the last run: whoever has an older one can store nothing
    "started_at"  timestamptz,                    -- of the last run
    "lease_until" timestamptz,                    -- NULL: nobody is at it; in the past: who was at it is gone
    "failures"    integer     NOT NULL DEFAULT 0, -- runs that failed since the last report
    "open"        json        NOT NULL DEFAULT '[]', -- breaches, as of the last run
    CONSTRAINT "quality_assessment_name" PRIMARY KEY ("name")
);

-- One row for each run that ended: a report, or why there is none. The type json keeps the bytes of a report as they are.
CREATE TABLE IF NOT EXISTS {schema}."quality_run" (
    "name"       text        NOT NULL,
    "number"     bigint      NOT NULL,
    "due_at"     timestamptz,                     -- NULL: it ran before it was due
    "started_at" timestamptz NOT NULL,
    "ended_at"   timestamptz NOT NULL,
    "failure"    text,
    "report"     json,
    CONSTRAINT "quality_run_number" PRIMARY KEY ("name", "number"),
    CONSTRAINT "quality_run_outcome" CHECK (("failure" IS NULL) <> ("report" IS NULL))
);
CREATE INDEX IF NOT EXISTS "quality_run_by_end" ON {schema}."quality_run" ("name", "ended_at", "number");
CREATE INDEX IF NOT EXISTS "quality_run_reports" ON {schema}."quality_run" ("name", "number") WHERE "report" IS NOT NULL;

-- Breaches that nobody has heard of yet.
CREATE TABLE IF NOT EXISTS {schema}."quality_notice" (
    "number"   bigint      NOT NULL GENERATED ALWAYS AS IDENTITY,
    "name"     text        NOT NULL,              -- of the assessment
    "key"      text        NOT NULL,              -- of the breach: those of one key are told in order
    "breach"   json        NOT NULL,
    "attempts" integer     NOT NULL DEFAULT 0,
    "telling"  boolean     NOT NULL DEFAULT false,
    "next_at"  timestamptz NOT NULL,              -- when to try (again); of one that is being told, when to take it over
    CONSTRAINT "quality_notice_number" PRIMARY KEY ("number")
);
CREATE INDEX IF NOT EXISTS "quality_notice_by_key" ON {schema}."quality_notice" ("name", "key", "number");
