#!/usr/bin/env bash
# Rewrites .sqlx, what the checked queries are checked against where no database is at hand; with
# --check it only compares. Starts a PostgreSQL of its own in a temporary folder and ends it.
set -euo pipefail
shopt -s nullglob
cd "$(dirname "$0")/.."
bin=${PG_BINDIR:-$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)}
home=$(mktemp -d)
as() { "$@"; }
if [ "$(id -u)" = 0 ]; then
  chown postgres "$home"
  as() { setpriv --reuid=postgres --regid=postgres --init-groups "$@"; }
fi
trap 'as "$bin/pg_ctl" -D "$home/db" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$home"' EXIT
as "$bin/initdb" -D "$home/db" -A trust -U postgres -E UTF8 >/dev/null
as "$bin/pg_ctl" -D "$home/db" -w -l "$home/log" \
  -o "-k $home -c listen_addresses='' -c fsync=off" start >/dev/null
sql() { psql -qX -v ON_ERROR_STOP=1 -h "$home" -U postgres "$@" >/dev/null; }

export DATABASE_URL="postgres:///base?host=$home&user=postgres"
sources=(crates/pg crates/journal)
for service in base $(ls services); do
  sql -c "CREATE ROLE fondeo_${service}_app; CREATE ROLE fondeo_${service}_worker" \
    -c "CREATE DATABASE $service" postgres
  {
    echo "SET fondeo.app_role = 'fondeo_${service}_app';"
    echo "SET fondeo.worker_role = 'fondeo_${service}_worker';"
    cat crates/{pg,journal}/migrations/*.sql "services/$service"/migrations/*.sql
  } | sql "$service"
  if [ "$service" != base ]; then
    export "${service^^}_DATABASE_URL=postgres:///$service?host=$home&user=postgres"
    sources+=("services/$service")
  fi
done

mkdir -p "$home/sqlx" && chmod 755 "$home"
for crate in "${sources[@]}"; do touch "$crate/src/lib.rs"; done
SQLX_OFFLINE=false SQLX_OFFLINE_DIR="$home/sqlx" cargo check --quiet --workspace --all-targets
if [ "${1:-}" = --check ]; then
  diff -r .sqlx "$home/sqlx" || { echo "the queries changed: run make queries" >&2; exit 1; }
else
  rm -rf .sqlx && cp -r "$home/sqlx" .sqlx
fi
