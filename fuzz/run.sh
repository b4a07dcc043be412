#!/usr/bin/env bash
# Fuzzes targets one after another: `fuzz/run.sh SECONDS [TARGET ...]`, all of them where none is named. Prints for each how
# many inputs were executed, in how many seconds, and what was found; ends in an error where anything was.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:?say for how many seconds}
shift

cargo +nightly fuzz --version >/dev/null 2>&1 || {
  echo "Fuzzing needs: rustup toolchain install nightly --profile minimal && cargo install --locked cargo-fuzz" >&2
  exit 1
}

# Seeds and former findings, beside what earlier runs have added.
targets=$(cargo run --locked --quiet --bin checks -- fuzz/corpus)
for name in "$@"; do
  grep -q "^$name " <<<"$targets" || { echo "There is no target $name; there are:" $(cut -d' ' -f1 <<<"$targets") >&2; exit 1; }
done
chosen=" $* "

built=()
[ $# != 1 ] || built=("$1")
cargo +nightly fuzz build "${built[@]}"

rows=() found_any=false
while read -r name dictionary max_len; do
  [ $# = 0 ] || [[ $chosen == *" $name "* ]] || continue
  findings=fuzz/artifacts/$name log=fuzz/artifacts/$name.log
  mkdir -p "$findings"
  before=$(ls "$findings" | wc -l) began=$SECONDS
  echo "$name, for $seconds s; $log says how it goes"
  cargo +nightly fuzz run "$name" "fuzz/corpus/$name" -- "-dict=fuzz/dictionaries/$dictionary.dict" "-max_len=$max_len" \
    "-max_total_time=$seconds" -timeout=20 -rss_limit_mb=1024 -print_final_stats=1 </dev/null >"$log" 2>&1 || grep -a -m 1 -A 3 -e 'panicked at' -e 'ERROR: ' "$log" || tail -n 5 "$log"
  executed=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | tail -n 1)
  found=$(($(ls "$findings" | wc -l) - before))
  rows+=("$(printf '%-12s %12s %8s %9s' "$name" "${executed:-failed}" $((SECONDS - began)) "$found")")
  [ "$found" = 0 ] && [ -n "$executed" ] || found_any=true
done <<<"$targets"

printf '\n%-12s %12s %8s %9s\n' target executions seconds findings
printf '%s\n' "${rows[@]}"
if $found_any; then
  echo "What was found lies in fuzz/artifacts/; fuzz/README.md says what to do with it." >&2
  exit 1
fi
