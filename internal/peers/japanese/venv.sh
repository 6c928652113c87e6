#!/usr/bin/env bash
# Makes a virtual environment DIR with one of the sides in Python: SHUGO_JREADABILITY=DIR/bin/python or SHUGO_GINZA=DIR/bin/python.
set -euo pipefail
usage='usage: venv.sh jreadability|ginza DIR'
side=${1:?$usage} dir=${2:?$usage}
case $side in
jreadability) packages=(jreadability==1.1.5 fugashi==1.5.2 unidic-lite==1.0.8) ;;
ginza) packages=(ginza==5.3.0 ja-ginza==5.3.0 spacy==3.8.18 SudachiPy==0.6.11 'SudachiDict-core==20260723.*') ;;
*) echo "$usage" >&2 && exit 2 ;;
esac
python3 -m venv "$dir"
"$dir/bin/pip" install -q --disable-pip-version-check "${packages[@]}"
