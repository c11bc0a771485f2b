#!/usr/bin/env bash
# Minga side by side with PostgreSQL 15 logical replication: two nodes of each
# on this machine, in one run, with the same generated vacancies.
#
# usage: tests/bench/vs_postgresql.sh [--json] [--records N] [--updates N]
#                                     [--changes N]
#
# PostgreSQL is installed from Debian if it is missing. The script makes two
# clusters of its own in a temporary folder; it touches no other.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")/../.."
here=tests/bench/postgresql
binaries=${MINGA_BINARY_DIR:-$PWD/build/release}
records=200000 updates=50000 changes=500 json=false
rest=30  # as node_bench
pg=/usr/lib/postgresql/15/bin

usage() {
  sed -n '2,/^set/{s/^# \{0,1\}//p}' "$0"
}

while [ $# -gt 0 ]; do
  case $1 in
    --json) json=true ;;
    --records) records=$2; shift ;;
    --updates) updates=$2; shift ;;
    --changes) changes=$2; shift ;;
    -h | --help) usage; exit ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done

say() { echo "vs_postgresql: $*" >&2; }

install_postgresql() {
  [ -x $pg/initdb ] && command -v psql openssl jq >/dev/null && return
  local as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  say "installing postgresql-15"
  # Debian would make and start a cluster of the system.
  "${as_root[@]}" mkdir -p /etc/postgresql-common
  [ -e /etc/postgresql-common/createcluster.conf ] ||
    echo 'create_main_cluster = false' |
    "${as_root[@]}" tee /etc/postgresql-common/createcluster.conf >/dev/null
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
    --no-install-recommends postgresql-15 postgresql-client-15 openssl jq \
    >/dev/null
}

# PostgreSQL refuses to run as root.
as_owner() {
  if [ "$(id -u)" -eq 0 ]; then
    (cd / && runuser -u postgres -- "$@")
  else
    "$@"
  fi
}

folder=$(mktemp -d "${TMPDIR:-/tmp}/minga-vs-XXXXXX")
stop() {
  local side
  for side in publisher subscriber; do
    [ ! -f "$folder/$side/postmaster.pid" ] ||
      as_owner $pg/pg_ctl -D "$folder/$side" -m immediate -w stop >/dev/null ||
      true
  done
  rm -rf "$folder"
}
trap stop EXIT

free_port() {
  local port
  while port=$((20000 + RANDOM % 20000)); do
    (: </dev/tcp/127.0.0.1/$port) 2>/dev/null || break
  done
  echo $port
}

# One authority of its own; each side knows the other by a certificate.
make_certificates() {
  cd "$folder"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
    -days 2 -subj /CN=vs-authority -keyout ca.key -out ca.crt 2>/dev/null
  local name
  for name in localhost replicator; do
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
      -subj /CN=$name -keyout $name.key -out $name.csr 2>/dev/null
    openssl x509 -req -in $name.csr -CA ca.crt -CAkey ca.key -CAcreateserial \
      -days 2 -out $name.crt 2>/dev/null
  done
  chmod 600 ./*.key
  cd - >/dev/null
}

# Sensible for 2 cores and some GB, as durable as it comes.
make_cluster() {
  local side=$1 port=$2
  as_owner $pg/initdb -D "$folder/$side" -U owner -A trust --encoding=UTF8 \
    --locale=C.UTF-8 >/dev/null
  cat >>"$folder/$side/postgresql.conf" <<CONF
port = $port
listen_addresses = '127.0.0.1'
unix_socket_directories = '$folder'
wal_level = logical
fsync = on
synchronous_commit = on
full_page_writes = on
shared_buffers = 512MB
effective_cache_size = 2GB
work_mem = 64MB
maintenance_work_mem = 512MB
max_wal_size = 8GB
wal_buffers = 16MB
checkpoint_timeout = 15min
checkpoint_completion_target = 0.9
random_page_cost = 1.1
max_worker_processes = 8
wal_retrieve_retry_interval = 100ms
jit = off
ssl = on
ssl_min_protocol_version = 'TLSv1.3'
ssl_cert_file = '$folder/localhost.crt'
ssl_key_file = '$folder/localhost.key'
ssl_ca_file = '$folder/ca.crt'
CONF
  cat >"$folder/$side/pg_hba.conf" <<CONF
local all owner trust
hostssl all replicator 127.0.0.1/32 cert clientcert=verify-full
CONF
  as_owner $pg/pg_ctl -D "$folder/$side" -l "$folder/$side.log" -w start \
    >/dev/null
}

sql() {
  local side=$1
  shift
  PGOPTIONS='-c client_min_messages=warning' as_owner psql -X -q -At -v ON_ERROR_STOP=1 -h "$folder" -U owner \
    -p "${ports[$side]}" -d postgres "$@"
}

# Processor seconds of a cluster so far, ended processes included.
processor() {
  local main=$1 pid
  {
    awk '{print $14 + $15 + $16 + $17}' "/proc/$main/stat"
    for pid in $(pgrep -P "$main"); do
      awk '{print $14 + $15}' "/proc/$pid/stat" 2>/dev/null || true
    done
  } | awk -v hz="$(getconf CLK_TCK)" '{sum += $1} END {print sum / hz}'
}
both_processors() {
  local a b
  a=$(processor "$(head -1 "$folder/publisher/postmaster.pid")")
  b=$(processor "$(head -1 "$folder/subscriber/postmaster.pid")")
  echo "$a $b" | awk '{print $1 + $2}'
}
now() { date +%s.%N; }
minus() { echo "$1 $2" | awk '{print $1 - $2}'; }

subscribe() {
  sql subscriber -c "CREATE SUBSCRIPTION from_peer CONNECTION
    'host=localhost hostaddr=127.0.0.1 port=${ports[publisher]} user=replicator
     dbname=postgres sslmode=verify-full sslrootcert=$folder/ca.crt
     sslcert=$folder/replicator.crt sslkey=$folder/replicator.key'
    PUBLICATION for_peer WITH (binary = true, synchronous_commit = on)"
}
make_index() {
  sql subscriber -c 'CREATE INDEX vacancy_words ON vacancy USING gin
    (words(title, description, occupation, employer, skills, municipality))'
}

# Seconds and processor seconds from the subscription until all is searchable.
first_sync() {
  local index=$1 start used
  sql subscriber -c 'TRUNCATE vacancy; DROP INDEX IF EXISTS vacancy_words'
  [ "$index" = after ] || make_index
  sql subscriber -c CHECKPOINT
  used=$(both_processors) start=$(now)
  subscribe
  sql subscriber -c 'SELECT wait_until_synced()' >/dev/null
  [ "$index" = before ] || make_index
  echo "$(minus "$(now)" "$start") $(minus "$(both_processors)" "$used")"
}

# As Minga is fed: a thousand changes a transaction, by two sessions.
make_updates() {
  local step=$((records / updates)) from
  for ((from = $1 * 1000; from < updates; from += 2000)); do
    echo "UPDATE vacancy SET description = description || ' Turno $from.'" \
      "WHERE n >= $((from * step)) AND n < $(((from + 1000) * step))" \
      "AND n % $step = 0;"
  done
}
sustained_updates() {
  local start used
  make_updates 0 >"$folder/even.sql"
  make_updates 1 >"$folder/odd.sql"
  used=$(both_processors) start=$(now)
  sql publisher -f "$folder/even.sql" &
  sql publisher -f "$folder/odd.sql"
  wait $!
  # After all of them, so replicated after them.
  sql publisher -c "UPDATE vacancy SET description = description || ' zqlastkx'
    WHERE n = (SELECT max(n) FROM vacancy WHERE shareable)"
  sql subscriber -c "SELECT wait_until_found('zqlastkx', 0.005)" >/dev/null
  echo "$(minus "$(now)" "$start") $(minus "$(both_processors)" "$used")"
}

# The median and the 99th percentile of a round.
latencies() {
  sql subscriber -c "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY ms),
      percentile_cont(0.99) WITHIN GROUP (ORDER BY ms)
    FROM latencies('host=$folder port=${ports[publisher]} user=owner
      dbname=postgres', $1, $changes) ms" | tr '|' ' '
}

measure_postgresql() {
  declare -gA ports=([publisher]=$(free_port) [subscriber]=$(free_port))
  make_certificates
  "$binaries/bin/minga-sample" --country CO --vacancies "$records" \
    --profiles 0 --seed 7 --out "$folder" >/dev/null
  [ "$(id -u)" -ne 0 ] || chown -R postgres "$folder"
  make_cluster publisher "${ports[publisher]}"
  make_cluster subscriber "${ports[subscriber]}"
  cp -r $here "$folder/sql" && chmod -R a+rX "$folder/sql"
  sql publisher -v file="$folder/vacancies.jsonl" -v peer=EC \
    -f "$folder/sql/publisher.sql"
  sql subscriber -f "$folder/sql/subscriber.sql"
  say "PostgreSQL: first sync, index kept during the copy"
  local before after update latency
  before=$(first_sync before)
  sql subscriber -c 'DROP SUBSCRIPTION from_peer'
  say "PostgreSQL: first sync, index built after the copy"
  after=$(first_sync after)
  local rows
  rows=$(sql subscriber -c 'SELECT count(*) FROM vacancy')
  sql subscriber -c 'VACUUM ANALYZE vacancy'
  say "PostgreSQL: updates"
  update=$(sustained_updates)
  say "PostgreSQL: latency"
  latency=$(latencies 1)
  sleep $rest
  latency+=" $(latencies 2)"
  echo "$rows $before $after $update $latency" | jq -Rc 'split(" ")
    | map(tonumber) | {rows: .[0],
      sync_before_s: .[1], sync_before_cpu_s: .[2],
      sync_after_s: .[3], sync_after_cpu_s: .[4],
      updates_s: .[5], updates_cpu_s: .[6], p50_ms: .[7], p99_ms: .[8],
      rest_p50_ms: .[9], rest_p99_ms: .[10]}'
}

# --- The table ---------------------------------------------------------------

# name, unit, PostgreSQL, Minga, how many times better Minga is.
row() {
  awk -v name="$1" -v unit="$2" -v p="$3" -v m="$4" -v better="$5" 'BEGIN {
    ratio = better == "more" ? m / p : p / m
    printf "%-43s %9.*f %9.*f  %-9s %5.2f x\n", name, m < 100, p, m < 100, m,
      unit, ratio }'
}

print_table() {
  local p=$1 m=$2
  of_p() { jq -n "$p | $1"; }
  of_m() { jq -n "$m | $1"; }
  echo "The same $records generated vacancies, two nodes each, loopback, TLS 1.3;"
  echo "$(of_p .rows) rows cross to PostgreSQL's subscriber, $(of_m .synced) to Minga's."
  echo
  printf '%-43s %9s %9s\n' "" PostgreSQL Minga
  row "first sync until searchable, index kept" "rows/s" \
    "$(of_p '.rows / .sync_before_s')" "$(of_m .sync_per_s)" more
  row "  against PostgreSQL's index built after" "rows/s" \
    "$(of_p '.rows / .sync_after_s')" "$(of_m .sync_per_s)" more
  row "$updates updates until searchable there" "rows/s" \
    "$(of_p "$updates / .updates_s")" "$(of_m .update_per_s)" more
  row "one change until found there, at rest, p50" "ms" \
    "$(of_p .rest_p50_ms)" "$(of_m .rest_p50_ms)" less
  row "  p99" "ms" "$(of_p .rest_p99_ms)" "$(of_m .rest_p99_ms)" less
  row "  right after the updates, p50" "ms" \
    "$(of_p .p50_ms)" "$(of_m .change_p50_ms)" less
  row "  p99" "ms" "$(of_p .p99_ms)" "$(of_m .change_p99_ms)" less
  row "processor time of the first sync, index kept" "us/row" \
    "$(of_p '.sync_before_cpu_s / .rows * 1e6')" \
    "$(of_m '.sync_cpu_s / .synced * 1e6')" less
  row "  against PostgreSQL's index built after" "us/row" \
    "$(of_p '.sync_after_cpu_s / .rows * 1e6')" \
    "$(of_m '.sync_cpu_s / .synced * 1e6')" less
  row "processor time of the updates" "us/row" \
    "$(of_p ".updates_cpu_s / $updates * 1e6")" \
    "$(of_m ".update_cpu_s / $updates * 1e6")" less
  # Expands \$rest.
  cat <<TEXT

Both: fsync on, commits durable before they are acknowledged, updates fed by a
thousand a transaction through two sessions, searches ranked. PostgreSQL: two
clusters of 512 MB shared buffers and 8 GB max_wal_size, binary copy, GIN index
with the Spanish configuration on an expression, statistics up to date; its
initial copy uses one worker a table, as version 15 does. The origin of Minga
also keeps a search index of its own, the publisher does not. At rest: $rest s
after the measuring before it. The ratio is how many times better Minga is.

what each does                             PostgreSQL             Minga
which rows and fields leave                row filter, columns    policy with citations, per record
reason of each refusal                     no                     rule and article, per record and peer
record of what left                        no                     Merkle log, a leaf a decision
consent, k-anonymity, pseudonyms           no                     yes
who is the other side                      an authority           both keys pinned, no authority
pages signed, receipts signed              no                     yes
rows validated on arrival                  by type                every field, codes and bounds; own law
a row no longer permitted is withdrawn     DELETE, unconfirmed    DELETE with deadline, receipt, alarm
accents ignored in searches                with an extension      yes
any table, SQL, joins                      yes                    no
transactions of the origin kept together   yes                    no: pages
conflicts                                  stop the subscription  rejected by row with a reason
TEXT
}

install_postgresql
[ -n "${MINGA_BINARY_DIR:-}" ] ||
  deploy/build.sh release minga node_bench minga-sample >&2
export MINGA_SOURCE_DIR=$PWD MINGA_BINARY_DIR=$binaries
postgresql=$(measure_postgresql)
say "Minga"
minga=$("$binaries/bin/node_bench" --json --peers 1 --records "$records" \
  --updates "$updates" --changes "$changes")
if $json; then
  jq -cn --argjson p "$postgresql" --argjson m "$minga" \
    '{postgresql: $p, minga: $m}'
else
  print_table "$postgresql" "$minga"
fi
