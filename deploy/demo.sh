#!/usr/bin/env bash
# Three national nodes on this machine exchange vacancies and anonymised
# profiles under law, told as a story. README.md explains what it shows.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
  cat <<'TEXT'
usage: deploy/demo.sh [--exit] [--json] [--no-build] [--data DIR]
                      [--vacancies CC=FILE --mapping FILE]
       deploy/demo.sh --stop [--data DIR]

  --exit           end with status 0 after the story and stop the nodes;
                   without it they stay up for you to try
  --json           a last line of JSON with the counts
  --no-build       the packages and build/release are there already
  --data DIR       where the nodes live (default build/demo)
  --vacancies CC=FILE  load this file as the vacancies of co, ec or mx
                   instead of generated ones, through --mapping
  --stop           stop the nodes of an earlier demo
TEXT
}

stay=1 json=0 build=1 stop=0
root=build/demo
real_country='' real_file='' mapping=''
while [ "$#" -gt 0 ]; do
  case "$1" in
    --exit) stay=0 ;;
    --json) json=1 ;;
    --no-build) build=0 ;;
    --stop) stop=1 ;;
    --data) root=$2; shift ;;
    --vacancies) real_country=${2%%=*} real_file=${2#*=}; shift ;;
    --mapping) mapping=$2; shift ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done

. deploy/demo/lib.sh
root=$(mkdir -p "$root" && cd "$root" && pwd)
if [ "$stop" -eq 1 ]; then
  stop_nodes
  exit 0
fi
if [ -n "$real_file" ]; then
  case "$real_country" in
    co | ec | mx) ;;
    *) echo "demo: --vacancies takes co=FILE, ec=FILE or mx=FILE" >&2; exit 2 ;;
  esac
  [ -r "$real_file" ] || { echo "demo: cannot read $real_file" >&2; exit 2; }
  [ -r "$mapping" ] || { echo "demo: --mapping FILE is needed" >&2; exit 2; }
fi

if [ "$build" -eq 1 ]; then
  deploy/setup.sh
  deploy/build.sh release minga minga-sample
fi
stop_nodes
rm -rf "${root:?}"/{co,ec,mx,files,pids} "$root"/*.log
mkdir -p "$root/files" "$root/pids"
[ "$stay" -eq 1 ] || trap stop_nodes EXIT

. deploy/demo/story.sh
tell_the_story
