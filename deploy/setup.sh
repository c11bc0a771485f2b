#!/usr/bin/env bash
# Installs the Debian 12 packages that building, testing and running Minga
# need. Safe to run again: it installs only what is missing.
set -euo pipefail

build=(cmake ninja-build g++ ccache
  protobuf-compiler protobuf-compiler-grpc libprotobuf-dev libgrpc++-dev
  libabsl-dev libsqlite3-dev libssl-dev zlib1g-dev libstemmer-dev
  libcli11-dev libtomlplusplus-dev libgoogle-perftools-dev
  libz3-dev libphonenumber-dev libboost1.74-dev libqrencode-dev jq)
tests=(catch2 nlohmann-json3-dev libbenchmark-dev openssl procps curl
  golang-1.19-go golang-golang-x-mod-dev)

usage() {
  cat <<TEXT
usage: deploy/setup.sh [--list]
  installs the packages that Minga needs to be built and tested on Debian 12
  --list   only says which are missing
TEXT
}

missing() {
  local package
  for package in "${build[@]}" "${tests[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null |
      grep -q 'ok installed' || echo "$package"
  done
}

main() {
  case "${1:-}" in
    "") ;;
    --list) missing; return ;;
    -h | --help) usage; return ;;
    *) usage >&2; return 2 ;;
  esac
  if ! command -v apt-get >/dev/null; then
    echo "setup: no apt-get here: Minga is built on Debian 12" >&2
    return 1
  fi

  local want
  mapfile -t want < <(missing)
  if [ "${#want[@]}" -eq 0 ]; then
    echo "setup: all packages are installed"
    return
  fi

  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
      echo "setup: needs root to install: ${want[*]}" >&2
      echo "setup: run it as root, or install sudo" >&2
      return 1
    fi
    as_root=(sudo)
  fi
  echo "setup: installing ${want[*]}"
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${want[@]}" >/dev/null
  echo "setup: done"
}

main "$@"
