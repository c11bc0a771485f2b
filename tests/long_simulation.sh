#!/usr/bin/env bash
# A long random run of whole federations under a simulated clock. Prints years,
# events, faults and seeds; a seed that fails prints its story, made as short as
# can be, and the others go on. All cores share the years.
#
# usage: tests/long_simulation.sh [YEARS] [SEED]
#   YEARS  simulated federation-years, 500 if not given
#   SEED   the first one, 1000 if not given; each core begins a million later
# The databases are made in /dev/shm. 100 years take 20 to 35 minutes of one
# processor.
set -euo pipefail
cd "$(dirname "$0")/.."

years=${1:-500}
seed=${2:-1000}
if ! [[ $years =~ ^[1-9][0-9]*$ && $seed =~ ^[0-9]+$ ]]; then
  sed -n '6,8s/^# //p' "$0" >&2
  exit 2
fi

build=${MINGA_BINARY_DIR:-build/release}
[ -n "${MINGA_BINARY_DIR:-}" ] || deploy/build.sh release region >&2
export MINGA_SOURCE_DIR=$PWD
jobs=$(nproc)
[ "$jobs" -le "$years" ] || jobs=$years
work=$(mktemp -d)
running=()
stop() {
  [ "${#running[@]}" -eq 0 ] || kill "${running[@]}" 2>/dev/null || true
  rm -rf "$work"
}
trap stop EXIT

for ((i = 0; i < jobs; i++)); do
  MINGA_SIMULATION_YEARS=$(((years + jobs - 1) / jobs)) \
    MINGA_SIMULATION_SEED=$((seed + i * 1000000)) \
    "$build/bin/region" "[lives]" >"$work/$i" 2>&1 &
  running+=($!)
done
lives=("${running[@]}")
tail -q -n +1 -F "$work"/* 2>/dev/null | grep --line-buffered 'simulated' &
running+=($!)
code=0
for one in "${lives[@]}"; do
  wait "$one" || code=1
done
[ "$code" -eq 0 ] || cat "$work"/*

# Each core's last line is of all that it has lived.
for ((i = 0; i < jobs; i++)); do
  grep ' simulated federation-years, ' "$work/$i" | tail -n 1
done | awk -F '[ ,]+' '{ seeds += $1; years += $3; events += $6; faults += $8 }
  END { printf "long_simulation: %d seeds, %.2f simulated federation-years, " \
    "%.0f events, %d faults\n", seeds, years, events, faults }'
exit "$code"
