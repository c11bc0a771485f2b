# The story of the demo, chapter by chapter. Sourced by demo.sh after lib.sh.

vacancies_each=220 profiles_each=140 burst=30000
today=$(date -u +%F)
next_year=$(date -u -d '+1 year -1 day' +%F)

tell_the_story() {
  chapter "1. Three countries set up their own node"
  set_up_nodes
  chapter "2. They join: a file, a phone call, a signed memorandum"
  join_nodes
  chapter "3. Each loads its own vacancies and job seekers"
  load_records
  chapter "4. What crossed, and what was withheld under which article"
  show_views
  chapter "5. A worker in Ecuador finds a vacancy in Mexico"
  search_abroad
  chapter "6. kill -9 in the middle of an exchange"
  kill_and_recover
  chapter "7. A withdrawal reaches the peer, with its receipt"
  withdraw_with_receipt
  chapter "8. A person asks to be forgotten"
  forget_person
  chapter "9. The evidence: every decision is in a log that auditors check"
  verify_logs
  end_of_story
}

set_up_nodes() {
  local cc port=17440
  for cc in "${countries[@]}"; do
    port=$(free_port $((port + 1)))
    m "$cc" init --country "${cc^^}" --name "${names[$cc]}" \
      --listen "127.0.0.1:$port" --endpoint "127.0.0.1:$port" >/dev/null
    start_node "$cc"
    m "$cc" policy activate "deploy/policy/$cc/national.textproto" | indent
    say "    ${cc^^} ${names[$cc]}: own keys, own data in ${root}/$cc, port $port"
  done
}

join_nodes() {
  local one other fingerprint
  for one in "${countries[@]}"; do
    m "$one" peer invite --out "$root/files/$one.descriptor" >/dev/null
  done
  for one in "${countries[@]}"; do
    for other in "${countries[@]}"; do
      [ "$one" != "$other" ] || continue
      # In the demo the "phone call" is the other node's own answer.
      fingerprint=$(value "$other" .fingerprint peer invite)
      m "$one" peer add "$root/files/$other.descriptor" \
        --fingerprint "$fingerprint" >/dev/null
    done
  done
  say "    descriptors exchanged; fingerprint of MX, as read out by phone:"
  say "      $(value mx .fingerprint peer invite)"
  sign_mou co ec
  sign_mou co mx
  sign_mou ec mx
}

sign_mou() {
  local one=$1 other=$2 file=$root/files/mou-$1-$2.txt
  m "$one" mou draft --with "${other^^}" --from "$today" --until "$next_year" \
    --template deploy/policy/mou/template.textproto --out "$file" >/dev/null
  m "$one" mou sign "$file" >/dev/null
  m "$other" mou sign "$file" >/dev/null
  m "$one" mou sign "$file" >/dev/null
  say "    ${one^^}-${other^^}: one file, two signatures, in force" \
    "$today to $next_year"
}

load_records() {
  local cc seed=1
  for cc in "${countries[@]}"; do
    "$bin/minga-sample" --country "${cc^^}" --vacancies "$vacancies_each" \
      --profiles "$profiles_each" --seed "$seed" --as-of "$today" \
      --out "$root/files/$cc" >/dev/null
    seed=$((seed + 1))
    if [ "$cc" = "$real_country" ]; then
      say "    ${cc^^} vacancies from $real_file:"
      m "$cc" import "$real_file" --mapping "$mapping" | indent
    else
      printf '    %s vacancies: ' "${cc^^}"
      m "$cc" import "$root/files/$cc/vacancies.jsonl"
    fi
    printf '    %s profiles:  ' "${cc^^}"
    m "$cc" import "$root/files/$cc/profiles.jsonl"
  done
  wait_until 120 "all nodes to be in step" in_step
  say "    all nodes are in step: sent, applied, receipted, searchable"
}

show_views() {
  local one other kind word own shown withheld back
  printf '    %-10s %-10s %9s %9s %9s %9s %9s\n' 'FROM - TO' KIND OWN CROSSED \
    WITHHELD 'HELD BACK' ENDED
  for one in "${countries[@]}"; do
    for other in "${countries[@]}"; do
      [ "$one" != "$other" ] || continue
      for kind in VACANCY PROFILE; do
        word=vacancies
        [ "$kind" = VACANCY ] || word=profiles
        own=$(held "$one" "${one^^}" "$kind")
        shown=$(views "$one" "${other^^}" shown "$kind")
        withheld=$(views "$one" "${other^^}" withheld "$kind")
        back=$(views "$one" "${other^^}" 'held back' "$kind")
        printf '    %-10s %-10s %9s %9s %9s %9s %9s\n' \
          "${one^^} - ${other^^}" "$word" "$own" "$shown" "$withheld" "$back" \
          $((own - shown - withheld - back))
        [ "$(held "$other" "${one^^}" "$kind")" = "$shown" ] ||
          fail "${other^^} does not hold what ${one^^} lets it see"
      done
    done
  done
  say "    (held back: permitted, but fewer than k people would look alike;"
  say "     ended: closed or withdrawn vacancies, people no longer seeking)"
  say ""
  say "    why Colombia withholds from Ecuador:"
  m co policy views --peer EC | grep -v -w shown | indent
}

search_abroad() {
  local words='soldador' hit
  if [ "$real_country" = mx ]; then words='ayudante de cocina'; fi
  say "    minga search $words --country MX     (asked of Ecuador's node)"
  m ec search "$words" --country MX --limit 5 | indent
  hit=$(value ec '.hits[0] | .key.id' search "$words" --country MX)
  [ "$hit" != null ] || fail "Ecuador finds no Mexican vacancy for '$words'"
  found_record=MX/vacancy/$hit
  say "    why it may be seen there:"
  m mx policy explain "$found_record" --peer EC | sed -n '1,8p' | indent
}

received_of_co() {
  value ec '[.peers[] | select(.country == "CO") | .received_cursor |
    tonumber] | add // 0' status
}

kill_and_recover() {
  local before at_kill import_pid last started ready
  before=$(received_of_co)
  "$bin/minga-sample" --country CO --vacancies "$burst" --profiles 0 \
    --seed 77 --as-of "$today" --out "$root/files/burst" >/dev/null
  m co import "$root/files/burst/vacancies.jsonl" >"$root/files/burst.log" &
  import_pid=$!
  wait_until 60 "Ecuador to be in mid-sync" mid_sync "$before"
  kill -9 "$(cat "$root/pids/ec")"
  wait_until 10 "the killed node to be gone" gone "$(cat "$root/pids/ec")"
  say "    Ecuador's node killed while Colombia sends $burst new vacancies"
  wait "$import_pid"
  last=$(value co '.peers[] | select(.country == "EC") | .sent_last' status)
  at_kill=$(value co '.peers[] | select(.country == "EC") |
    .sent_acknowledged' status)
  say "    receipts held by Colombia at that moment: up to $at_kill of $last"
  started=$(date +%s%N)
  start_node ec
  ready=$((($(date +%s%N) - started) / 1000000))
  wait_until 180 "Ecuador to catch up" in_step
  recovery_ms=$ready
  say "    started again: answers after $ready ms and is in step:"
  say "    Colombia shows $(views co EC shown VACANCY) vacancies," \
    "Ecuador holds $(held ec CO VACANCY)"
  [ "$(views co EC shown VACANCY)" = "$(held ec CO VACANCY)" ] ||
    fail "records were lost or doubled by the crash"
}
mid_sync() { [ "$(received_of_co)" -gt "$1" ]; }

withdraw_with_receipt() {
  local found=$found_record
  [ "$(m ec get "$found" >/dev/null 2>&1; echo $?)" = 0 ] ||
    fail "$found is not at Ecuador"
  m mx withdraw "$found" --reason closed | indent
  wait_until 10 "Ecuador's receipt" receipted "$found"
  m mx trace "$found" --peer EC | indent
  [ "$(m ec get "$found" >/dev/null 2>&1; echo $?)" = 4 ] ||
    fail "$found is still at Ecuador"
  say "    and Ecuador's node answers: no such record"
}
receipted() {
  [ "$(value mx .acknowledged trace "$1" --peer EC 2>/dev/null)" = true ]
}

# The first of Colombia's people whom Ecuador sees.
person_seen_in_ecuador() {
  local n
  for n in $(seq 0 $((profiles_each - 1))); do
    [ "$(value co .state policy explain "CO/profile/p1-$n" --peer EC)" = shown ] ||
      continue
    echo "p1-$n"
    return
  done
}

forget_person() {
  local person before
  person=$(person_seen_in_ecuador)
  [ -n "$person" ] || fail "no profile of Colombia is shown to Ecuador"
  before=$(held ec CO PROFILE)
  m co erase "$person" | indent
  wait_until 60 "the erasure to reach the peers" in_step
  say "    profiles of Colombia in Ecuador: $before before," \
    "$(held ec CO PROFILE) after"
  [ "$(held ec CO PROFILE)" -lt "$before" ] || fail "$person is still in Ecuador"
  [ "$(m co get "CO/profile/$person" >/dev/null 2>&1; echo $?)" = 4 ] ||
    fail "$person is still in Colombia"
  say "    (more than one fewer where a class fell below k: the rest of it is" \
    "recalled)"
}

verify_logs() {
  local cc
  for cc in "${countries[@]}"; do
    say "    ${cc^^}:"
    m "$cc" audit verify | head -2 | sed 's/^/      /'
  done
  say "    the last lines of Mexico's log:"
  m mx audit tail -n 5 | cut -c1-150 | indent
}

count_all() {
  local kind=$1 state=$2 sum=0 one other
  for one in "${countries[@]}"; do
    for other in "${countries[@]}"; do
      [ "$one" != "$other" ] || continue
      sum=$((sum + $(views "$one" "${other^^}" "$state" "$kind")))
    done
  done
  echo "$sum"
}

summary() {
  local cc own_vacancies=0 own_profiles=0 entries=0
  for cc in "${countries[@]}"; do
    own_vacancies=$((own_vacancies + $(held "$cc" "${cc^^}" VACANCY)))
    own_profiles=$((own_profiles + $(held "$cc" "${cc^^}" PROFILE)))
    entries=$((entries + $(value "$cc" .log_size status)))
  done
  jq -cn --argjson vacancies "$own_vacancies" \
    --argjson profiles "$own_profiles" --argjson log_entries "$entries" \
    --argjson vacancies_crossed "$(count_all VACANCY shown)" \
    --argjson vacancies_withheld "$(count_all VACANCY withheld)" \
    --argjson profiles_crossed "$(count_all PROFILE shown)" \
    --argjson profiles_withheld "$(count_all PROFILE withheld)" \
    --argjson profiles_held_back "$(count_all PROFILE 'held back')" \
    --argjson recovery_ms "$recovery_ms" \
    '{nodes: 3, $vacancies, $profiles, $vacancies_crossed,
      $vacancies_withheld, $profiles_crossed, $profiles_withheld,
      $profiles_held_back, $log_entries, $recovery_ms, logs_verified: 3}'
}

end_of_story() {
  local result
  result=$(summary)
  if [ "$stay" -eq 1 ]; then
    chapter "The nodes stay up. Try:"
    say "    export PATH=$PWD/$bin:\$PATH"
    say "    minga --data $root/ec status"
    say "    minga --data $root/ec search enfermera --country CO"
    say "    minga --data $root/co policy views --peer MX"
    say "    minga --data $root/co peer check EC"
    say "    minga --data $root/mx audit tail"
    say "    deploy/demo.sh --stop"
  else
    stop_nodes
    chapter "The nodes are stopped; their data is in $root"
  fi
  [ "$json" -eq 0 ] || printf '%s\n' "$result"
}
