#!/usr/bin/env bash
# Makes a virtual environment DIR with Great Expectations, for SHUGO_GX=DIR/bin/python.
set -euo pipefail
dir=${1:?usage: venv.sh DIR}
python3 -m venv "$dir"
"$dir/bin/pip" install -q --disable-pip-version-check great_expectations==1.24.1 sqlalchemy==2.1.9 psycopg2-binary==2.9.13
