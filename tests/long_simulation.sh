#!/usr/bin/env bash
# A long random run of whole federations under a simulated clock. Prints years,
# events, faults and seeds; a seed that fails prints its story, made as short as
# can be.
#
# usage: tests/long_simulation.sh [YEARS] [SEED]
#   YEARS  simulated federation-years, 500 if not given
#   SEED   the first one, 1000 if not given
# The databases are made in /dev/shm. 100 years take 25 to 35 minutes of one
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
MINGA_SIMULATION_YEARS=$years MINGA_SIMULATION_SEED=$seed \
  exec "$build/bin/region" "[lives]"
