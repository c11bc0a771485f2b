#!/usr/bin/env bash
# Installs what is needed, builds, and runs all tests that CI runs. No input.
# usage: deploy/test.sh [ctest arguments], e.g. deploy/test.sh -R policy
set -euo pipefail
cd "$(dirname "$0")/.."

deploy/setup.sh
deploy/build.sh release
ctest --test-dir build/release --output-on-failure --no-tests=error -j2 "$@"
