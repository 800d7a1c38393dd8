#!/usr/bin/env bash
# Properties with many cases and races many times, in rounds. Each round's number is its seed; what
# passed is written down, so that a stopped run goes on where it was. `ROUNDS=100 CASES=200000 make
# prove` says how much; `rm -r target/prove` begins anew.
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${ROUNDS:-20}
cases=${CASES:-50000}
done_file=target/prove/done
mkdir -p target/prove && touch "$done_file"

run() { # <round> <what> <nextest filter>
  local name="$1 $2 $cases"
  grep -qxF "$name" "$done_file" && return
  echo "round $1 of $rounds: $2 (seed $1, $cases cases for each property)"
  PROPTEST_CASES=$cases PROPTEST_RNG_SEED=$1 PROPTEST_MAX_SHRINK_ITERS=10000 \
  LEDGER_COMMANDS=$((cases * 10)) SETTLEMENT_PROJECTS=$cases COSTING_SHEETS=$cases \
    .venv/bin/cargo-nextest nextest run --workspace --all-targets --cargo-quiet \
    --status-level fail --final-status-level fail -E "$3"
  echo "$name" >>"$done_file"
}

for round in $(seq "$rounds"); do
  run "$round" properties 'package(/^(money|costing|ledger|rules|settlement)$/) | binary(never_oversold)'
  run "$round" chance 'binary(chance)'
  run "$round" races 'test(/at_once/) - package(costing)'
done
echo "proved: $rounds rounds; the list is $done_file"
