#!/usr/bin/env bash
# The long run of the agreement of the three evaluators: compiled, naive and
# formulas of Z3, on random policies and facts. A disagreement is printed as a
# minimal case.
#
# usage: tests/long_policy.sh [PAIRS] [SEED]
#   PAIRS  (policy, facts) pairs, 1000000 if not given; some ten minutes of one
#          core, shared by all cores
#   SEED   of the first policy, 10000000 if not given
set -euo pipefail
cd "$(dirname "$0")/.."

pairs=${1:-1000000}
seed=${2:-10000000}
if ! [[ $pairs =~ ^[1-9][0-9]*$ && $seed =~ ^[0-9]+$ ]]; then
  sed -n '6,9s/^# //p' "$0" >&2
  exit 2
fi

build=${MINGA_BINARY_DIR:-build/release}
[ -n "${MINGA_BINARY_DIR:-}" ] || deploy/build.sh release unit_policy_proof >&2
export MINGA_SOURCE_DIR=$PWD MINGA_BINARY_DIR=$build

jobs=$(nproc)
share=$(((pairs + jobs - 1) / jobs))
running=()
for ((i = 0; i < jobs; i++)); do
  # No two shares try the same policy: one has far fewer than `share`.
  MINGA_AGREEMENT_PAIRS=$share MINGA_AGREEMENT_SEED=$((seed + i * share)) \
    "$build/bin/unit_policy_proof" "[agreement]" &
  running+=($!)
done
code=0
for job in "${running[@]}"; do wait "$job" || code=1; done
[ "$code" -eq 0 ] && echo "long_policy: $((share * jobs)) pairs agree"
exit "$code"
