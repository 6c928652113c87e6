"""Runs checks of one table by Great Expectations.

Standard input: {"table": name, "format": a result format, "checks": [{"name", "expectation", "kwargs"}, ...]}.
DATABASE_URL: the address of the PostgreSQL database.
Standard output: {"outcomes": {name: {"success", "unexpected", "observed"}}, "statements": n, "client_seconds": s},
with null for what the result format does not tell.
"""

import json
import os
import sys
import time

os.environ["GX_ANALYTICS_ENABLED"] = "false"

import great_expectations as gx
from sqlalchemy import event
from sqlalchemy.engine import Engine

statements = 0


@event.listens_for(Engine, "before_cursor_execute")
def count(*_):
    global statements
    statements += 1


def outcome(result):
    if result.exception_info.get("raised_exception", False) or any(
        isinstance(v, dict) and v.get("raised_exception") for v in result.exception_info.values()
    ):
        raise RuntimeError(f"{result.expectation_config.type}: {result.exception_info}")
    return {
        "success": result.success,
        "unexpected": result.result.get("unexpected_count"),
        "observed": result.result.get("observed_value"),
    }


def main():
    asked = json.load(sys.stdin)
    address = os.environ["DATABASE_URL"].replace("postgres://", "postgresql+psycopg2://", 1)

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = gx.data_context.types.base.ProgressBarsConfig(globally=False)
    source = context.data_sources.add_postgres("database", connection_string=address)
    asset = source.add_table_asset("table", table_name=asked["table"])
    batch = asset.add_batch_definition_whole_table("whole")
    suite = context.suites.add(gx.ExpectationSuite(name="checks"))
    for check in asked["checks"]:
        kind = getattr(gx.expectations, check["expectation"])
        suite.add_expectation(kind(meta={"name": check["name"]}, **check["kwargs"]))
    run = gx.ValidationDefinition(name="run", data=batch, suite=suite)
    run = context.validation_definitions.add(run)
    results = run.run(result_format=asked["format"]).results

    json.dump(
        {
            "outcomes": {r.expectation_config.meta["name"]: outcome(r) for r in results},
            "statements": statements,
            "client_seconds": time.process_time(),
        },
        sys.stdout,
    )


main()
