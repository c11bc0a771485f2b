#!/usr/bin/env bash
# Checks the signature of a checkpoint with openssl alone.
# usage: deploy/openssl_check.sh CHECKPOINT KEY
#   KEY  the log's verifier key (name+id+base64), or a file with its public key
#        as PEM
set -euo pipefail
[ $# -eq 2 ] || { sed -n '2,5s/^# //p' "$0" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The text is everything before the blank line, its line end included; the
# signature is the log's own line: four bytes of key ID, then 64 of signature.
sed '/^$/,$d' "$1" >"$work/text"
origin=$(head -n 1 "$work/text")
awk -v name="$origin" '$1 == "—" && $2 == name { print $3; exit }' "$1" |
  base64 -d | tail -c +5 >"$work/signature"

if [ -f "$2" ]; then
  cp "$2" "$work/key.pem"
else
  # The key after its type byte, behind the header of RFC 8410.
  {
    echo "-----BEGIN PUBLIC KEY-----"
    { printf '\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00'
      cut -d+ -f3- <<<"$2" | base64 -d | tail -c +2; } | base64 -w 0
    echo
    echo "-----END PUBLIC KEY-----"
  } >"$work/key.pem"
fi
openssl pkeyutl -verify -rawin -pubin -inkey "$work/key.pem" \
  -in "$work/text" -sigfile "$work/signature"
