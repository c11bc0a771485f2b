#!/usr/bin/env bash
# usage: long_tampering.sh BIN: flips every bit of an export of 1,000 entries,
# one at a time, for both verifiers. About an hour on one core.
set -euo pipefail
bin=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$bin/make_export" "$work"
"$bin/logcheck" -key "$(cat "$work/log.vkey")" -tamper-all "$work/sound"
MINGA_TAMPER_BITS=all "$bin/unit_evidence" "[tampering]"
