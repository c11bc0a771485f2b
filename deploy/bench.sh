#!/usr/bin/env bash
# Builds and measures. Figures are ratios to a baseline of the same run; they
# are no tests. usage: deploy/bench.sh [--json] [--records N] [--changes N]
set -euo pipefail
cd "$(dirname "$0")/.."

deploy/setup.sh >&2
deploy/build.sh release minga node_bench >&2
export MINGA_SOURCE_DIR=$PWD MINGA_BINARY_DIR=$PWD/build/release
exec build/release/bin/node_bench "$@"
