#!/usr/bin/env bash
# usage: check.sh BIN: checks exports with the verifier in Go and with openssl;
# every tampering must be found. MINGA_TAMPER_BITS, MINGA_SEED: how many bits
# are flipped (20,000), which.
set -euo pipefail
bin=$1
here=$(cd "$(dirname "$0")" && pwd)
flips=${MINGA_TAMPER_BITS:-20000}
seed=${MINGA_SEED:-6962}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$bin/make_export" "$work"
log=$(cat "$work/log.vkey")
peers=(-peer-key "$(cat "$work/ec.vkey")" -peer-key "$(cat "$work/pe.vkey")")

# expect STATUS TEXT COMMAND...: ends with it and says it.
expect() {
  local status=$1 text=$2 got=0
  shift 2
  "$@" >"$work/out" 2>&1 || got=$?
  if [ "$got" -ne "$status" ] || ! grep -qF -- "$text" "$work/out"; then
    echo "FAILED: $*"
    echo "wanted status $status and \`$text\`, got status $got and:"
    cat "$work/out"
    exit 1
  fi
}

# The signature alone, with openssl: the documented command.
expect 0 "Signature Verified Successfully" \
  "$here/../../deploy/openssl_check.sh" "$work/sound/checkpoint" "$work/log.pub"
sed 's/^1000$/1001/' "$work/sound/checkpoint" >"$work/changed"
expect 1 "Signature Verification Failure" \
  "$here/../../deploy/openssl_check.sh" "$work/changed" "$work/log.pub"
expect 0 "Signature Verified Successfully" \
  "$here/../../deploy/openssl_check.sh" "$work/sound/checkpoint" "$log"

if [ ! -x "$bin/logcheck" ]; then
  echo "SKIPPED: no Go here: apt-get install golang-1.19-go golang-golang-x-mod-dev"
  exit 0
fi
check() { "$bin/logcheck" -key "$log" "${peers[@]}" "$@"; }

expect 0 "cosigned by 2 of the 2" check -quorum 2 "$work/sound"
expect 0 "1 consistency proofs" check -since "$work/cut/checkpoint" "$work/sound"
expect 8 "rolled back" check -since "$work/sound/checkpoint" "$work/cut"
expect 8 "a fork" check -since "$work/forked/checkpoint" "$work/sound"
# Entries of the fork under the checkpoint of the sound log.
cp -r "$work/forked" "$work/mixed"
cp "$work/sound/checkpoint" "$work/mixed/checkpoint"
expect 8 "checkpoint: its root is not that" check "$work/mixed"
# A cut log under the checkpoint of the whole one.
cp -r "$work/cut" "$work/short"
cp "$work/sound/checkpoint" "$work/short/checkpoint"
expect 8 "tile/entries/003.p/232" check "$work/short"

# A log that was closed, and the one that goes on from it.
expect 0 "it continues 1 closed logs, which hold too: 740 entries" \
  check -quorum 2 "$work/linked"
expect 0 "1 consistency proofs" \
  check -since "$work/linked/checkpoint" "$work/linked"
expect 8 "1/tile/entries/000: entry 0 does not continue" check "$work/unlinked"
cp -r "$work/linked" "$work/headless"
rm -r "$work/headless/1"
expect 8 "the next one is not here" check "$work/headless"
expect 8 "rolled back" \
  check -since "$work/linked/1/checkpoint" "$work/headless"
# Entries that were pruned: only those that the log says.
expect 0 "512 entries were pruned" check "$work/pruned"
rm "$work/pruned/tile/entries/002.p/188"
expect 8 "tile/entries/002.p/188" check "$work/pruned"
cp -r "$work/linked" "$work/gap"
rm "$work/gap/tile/entries/000"
expect 8 "tile/entries/000" check "$work/gap"

check -tamper "$flips" -seed "$seed" "$work/sound"
check -tamper "$((flips / 4))" -seed "$seed" "$work/linked"
