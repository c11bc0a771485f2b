# What the demo needs to run nodes. Sourced by demo.sh; `root` is set.

bin=build/release/bin
countries=(co ec mx)
declare -A names=([co]='Servicio Público de Empleo' [ec]='Red Socio Empleo'
  [mx]='Servicio Nacional de Empleo')

bold=$'\e[1m' plain=$'\e[0m'
[ -t 1 ] || bold='' plain=''
chapter() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
say() { printf '%s\n' "$*"; }
indent() { sed 's/^/    /'; }
fail() { echo "demo: $*" >&2; exit 1; }

# minga of a country: m co status
m() {
  local cc=$1
  shift
  "$bin/minga" --data "$root/$cc" "$@"
}
# One value of a country's JSON answer: value co '.log_size' status
value() {
  local cc=$1 filter=$2
  shift 2
  m "$cc" --json "$@" | jq -r "$filter"
}

free_port() {
  local port
  for port in $(seq "$1" $(("$1" + 500))); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
  fail "no free port from $1 on"
}

start_node() {
  local cc=$1
  setsid "$bin/minga" serve --data "$root/$cc" >>"$root/$cc.log" 2>&1 \
    </dev/null &
  echo $! >"$root/pids/$cc"
  disown  # so that bash stays silent when chapter 6 kills it
  wait_until 30 "the node of ${cc^^} to answer" answers "$cc"
}
answers() { m "$1" status >/dev/null 2>&1; }

stop_nodes() {
  local file pid
  for file in "$root"/pids/*; do
    [ -f "$file" ] || continue
    pid=$(cat "$file")
    if [ -d "/proc/$pid" ] && grep -qz minga "/proc/$pid/cmdline"; then
      kill "$pid" 2>/dev/null || true
      wait_until 30 "node $pid to stop" gone "$pid"
    fi
    rm -f "$file"
  done
}
gone() {
  [ ! -d "/proc/$1" ] || grep -qs "^State:.Z" "/proc/$1/status"
}

# wait_until SECONDS WHAT COMMAND...: polls; fails the demo when it takes longer.
wait_until() {
  local limit=$1 what=$2 deadline
  shift 2
  deadline=$((SECONDS + limit))
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || fail "waited $limit s for $what"
    sleep 0.05
  done
}

# Everything that each node has for each peer is there, durable and indexed.
in_step() {
  local cc
  for cc in "${countries[@]}"; do
    m "$cc" --json status | jq -e '
      (.peers | all(.caught_up and .sent_last == .sent_acknowledged))
      and (.index_lag_rows | tonumber) == 0' >/dev/null || return 1
  done
}

# Vacancies or profiles of country $2 held by node $1: held ec CO VACANCY
held() {
  value "$1" "[.records[] | select(.country == \"$2\" and
    .kind == \"RECORD_KIND_$3\") | .records | tonumber] | add // 0" status
}
# Records of node $1 in a state towards peer $2: views co EC shown VACANCY
views() {
  value "$1" "[.counts[] | select(.state == \"$3\" and
    .kind == \"RECORD_KIND_$4\") | .records | tonumber] | add // 0" \
    policy views --peer "$2"
}
