#!/usr/bin/env bash
# The long run of kill -9 under load: three real nodes that put, change and
# withdraw vacancies all the time; one of them is killed at some moment and
# started again. Checks that nothing acknowledged is lost, that all come to hold
# the same and that the logs verify; prints how fast they are ready again.
#
# usage: tests/long_kill.sh [KILLS] [SEED]
#   KILLS  200 if not given: some two minutes
#   SEED   of the choices of victims, moments and records, 1 if not given
set -euo pipefail
cd "$(dirname "$0")/.."

kills=${1:-200}
seed=${2:-1}
if ! [[ $kills =~ ^[1-9][0-9]*$ && $seed =~ ^[0-9]+$ ]]; then
  sed -n '7,9s/^# //p' "$0" >&2
  exit 2
fi

build=${MINGA_BINARY_DIR:-$PWD/build/release}
[ -n "${MINGA_BINARY_DIR:-}" ] ||
  deploy/build.sh release minga integration_nodes >&2
export MINGA_SOURCE_DIR=$PWD MINGA_BINARY_DIR=$build
MINGA_KILLS=$kills MINGA_KILL_SEED=$seed \
  exec "$build/bin/integration_nodes" "[kill]"
