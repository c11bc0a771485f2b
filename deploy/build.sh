#!/usr/bin/env bash
# Configures and builds a preset; quiet unless something fails.
# usage: deploy/build.sh PRESET [TARGET...]
set -euo pipefail
cd "$(dirname "$0")/.."

preset=${1:?usage: deploy/build.sh PRESET [TARGET...]}
shift
log=build/$preset.log
mkdir -p build

targets=()
[ "$#" -eq 0 ] || targets=(--target "$@")

echo "build: preset $preset (log in $log)"
if ! { cmake --preset "$preset" &&
  cmake --build --preset "$preset" "${targets[@]}"; } >"$log" 2>&1; then
  grep -nE 'error|FAILED|CMake Error' "$log" | head -40 >&2
  echo "build: failed; the whole output is in $log" >&2
  exit 1
fi
echo "build: done"
