#!/usr/bin/env bash
# Builds and measures. Figures are ratios to a baseline of the same run; they
# are no tests, and mean something only on a quiet machine.
#
# usage: deploy/bench.sh [--json] [--records N] [--updates N] [--changes N]
#            whole nodes: put, first sync, sustained updates, latency, memory
#            (tests/bench/node_bench)
#        deploy/bench.sh rooms [--json]
#            single rooms by Google Benchmark: policy, proof, storage,
#            audit, search, import, redaction, anonymity
#        deploy/bench.sh diff [--json] [--records N]
#            `policy diff` on a million records and ten peers
#        deploy/bench.sh reconcile [--json] [--records N] [--differences D]
#            two views of a million records compared
#        deploy/bench.sh profiles [--json] [--records N] [--peers P] [--batch N]
#                                  [--under-way N]
#            showing people k-anonymously: class counters, puts, memory, disk
#        deploy/bench.sh fanout [--json] [--records N] [--peers P]
#            (record, peer) decisions made, logged and queued a second
#        deploy/bench.sh find [--json] [--leaves N]
#            finding a person in a large audit log, by index and by looking
#        deploy/bench.sh hostile [--json] [--seconds N] [--slice N]
#                                 [--rate N]
#            what a hostile peer costs the honest ones, and memory
set -euo pipefail
cd "$(dirname "$0")/.."

export MINGA_SOURCE_DIR=$PWD MINGA_BINARY_DIR=$PWD/build/release
bin=build/release/bin
deploy/setup.sh >&2

if [ "${1:-}" = rooms ]; then
  format=console
  [ "${2:-}" != --json ] || format=json
  rooms=(policy proof storage audit search import redaction anonymity)
  deploy/build.sh release "${rooms[@]/%/_bench}" >&2
  for room in "${rooms[@]}"; do
    "$bin/${room}_bench" --benchmark_format="$format"
  done
  exit 0
fi

# The program, and what else it runs.
one=()
case ${1:-} in
diff | reconcile | fanout | find) one=("$1_bench") ;;
profiles) one=(profile_bench) ;;
hostile) one=(hostile_bench minga) ;;
esac
if [ "${#one[@]}" -gt 0 ]; then
  shift
  deploy/build.sh release "${one[@]}" >&2
  exec "$bin/${one[0]}" "$@"
fi

deploy/build.sh release minga node_bench >&2
exec "$bin/node_bench" "$@"
