#!/usr/bin/env bash
# The long run of tampering: every bit of an export of 1,000 entries is flipped,
# one at a time; entries and files are dropped, cut and swapped. The verifier in
# Go and ours must find each and name its file.
#
# usage: tests/long_tamper.sh [EVERY]
#   EVERY  `all` if not given; a number: so many random bits instead
set -euo pipefail
cd "$(dirname "$0")/.."

every=${1:-all}
if ! [[ $every = all || $every =~ ^[1-9][0-9]*$ ]]; then
  sed -n '6,7s/^# //p' "$0" >&2
  exit 2
fi

build=${MINGA_BINARY_DIR:-build/release}
[ -n "${MINGA_BINARY_DIR:-}" ] ||
  deploy/build.sh release make_export logcheck unit_evidence >&2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$build/bin/make_export" "$work"
bits=(-tamper "$every")
[ "$every" != all ] || bits=(-tamper-all)
peers=(-peer-key "$(cat "$work/ec.vkey")" -peer-key "$(cat "$work/pe.vkey")")
"$build/bin/logcheck" -key "$(cat "$work/log.vkey")" "${peers[@]}" \
  "${bits[@]}" "$work/sound"
MINGA_TAMPER_BITS=$every "$build/bin/unit_evidence" "[tampering]"
