#!/usr/bin/env bash
# Makes a folder DIR with textlint and its preset for technical writing in Japanese, for SHUGO_TEXTLINT=DIR.
set -euo pipefail
dir=${1:?usage: node.sh DIR}
mkdir -p "$dir"
cd "$dir"
echo '{"private": true}' >package.json
npm install --silent --no-audit --no-fund textlint@15.8.0 textlint-rule-preset-ja-technical-writing@12.0.2
