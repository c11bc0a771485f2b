#!/usr/bin/env bash
# The long run of cut links: an exchange of 200 records between two simulated
# nodes is cut after its first byte, its second, and so on to its last; both must
# converge each time. All cores share the bytes.
#
# usage: tests/long_cut.sh [FROM]
#   FROM  the byte to begin with. If not given, where the last run of the same
#         program ended, or 0
# A run that is stopped loses the bytes under way, a few hundred a core. The
# databases are made in /dev/shm.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "$#" -gt 1 ] || ! [[ ${1:-0} =~ ^[0-9]+$ ]]; then
  sed -n '6,8s/^# //p' "$0" >&2
  exit 2
fi

build=${MINGA_BINARY_DIR:-build/release}
[ -n "${MINGA_BINARY_DIR:-}" ] || deploy/build.sh release region >&2
export MINGA_SOURCE_DIR=$PWD
share=250
jobs=$(nproc)
state=$build/long_cut.state
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

program=$(sha256sum "$build/bin/region" | cut -d' ' -f1)
began=${1:-0}
from=$began
if [ "$#" -eq 0 ] && [ -f "$state" ]; then
  read -r of begun reached <"$state"
  [ "$of" != "$program" ] || began=$begun from=$reached
fi

bytes=$((from + 1))
while [ "$from" -lt "$bytes" ]; do
  running=()
  for ((i = 0; i < jobs; i++)); do
    first=$((from + i * share))
    MINGA_SIMULATION_CUT_STRIDE=1 MINGA_SIMULATION_CUT_FROM=$first \
      MINGA_SIMULATION_CUT_UNTIL=$((first + share)) \
      "$build/bin/region" "[cut]" >"$work/$i" 2>&1 &
    running+=($!)
  done
  for ((i = 0; i < jobs; i++)); do
    if ! wait "${running[$i]}"; then
      cat "$work/$i"
      exit 1
    fi
  done
  bytes=$(sed -n 's/^an exchange of \([0-9]*\) bytes .*/\1/p' "$work/0")
  from=$((from + jobs * share))
  echo "$program $began $from" >"$state"
  echo "long_cut: $((from < bytes ? from : bytes)) of $bytes bytes done"
done
rm -f "$state"
echo "long_cut: an exchange of $bytes bytes, cut at each from byte $began on;" \
  "it converges each time"
