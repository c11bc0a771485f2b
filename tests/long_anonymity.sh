#!/usr/bin/env bash
# A long random history of one node with two peers: after every commit each peer
# checks that what it sees of people is anonymous. Prints how many are hidden
# and how coarsely the others are shown, beside everybody placed anew at the
# same moment.
#
# usage: tests/long_anonymity.sh [CHANGES] [SEED] [PEOPLE]
#   CHANGES  puts, consents, withdrawals and erasures, 1000000 if not given
#   SEED     of the history, 1 if not given
#   PEOPLE   at most so many are stored at a time, 2000 if not given
# The database is made in $TMPDIR; a million changes take half a GB.
set -euo pipefail
cd "$(dirname "$0")/.."

changes=${1:-1000000}
seed=${2:-1}
people=${3:-2000}
if ! [[ $changes =~ ^[1-9][0-9]*$ && $seed =~ ^[0-9]+$ &&
  $people =~ ^[1-9][0-9]*$ ]]; then
  sed -n '7,11s/^# //p' "$0" >&2
  exit 2
fi

build=${MINGA_BINARY_DIR:-build/release}
[ -n "${MINGA_BINARY_DIR:-}" ] || deploy/build.sh release histories >&2
MINGA_HISTORY_CHANGES=$changes MINGA_HISTORY_SEED=$seed \
  MINGA_HISTORY_PEOPLE=$people exec "$build/bin/histories"
