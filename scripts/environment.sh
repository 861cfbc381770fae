#!/bin/sh
# Brings the machine to where `make site` (run) or `make test` (test) can work. Installs only what is missing:
# system packages through apt when it may, Python packages from the hash-locked files into .venv.
# A second call finds everything in place and takes no time.
set -eu
cd "$(dirname "$0")/.."
purpose=${1:-run}

say() { printf '%s\n' "$*" >&2; }
have_library() { ldconfig -p 2>/dev/null | grep -q "$1"; }
have_font() { ls /usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc >/dev/null 2>&1; }

missing=""
need() { missing="$missing $1"; }
have_library libpango-1.0.so.0 || need libpango-1.0-0
have_library libpangoft2-1.0.so.0 || need libpangoft2-1.0-0
have_library libharfbuzz-subset.so.0 || need libharfbuzz-subset0
have_font || need fonts-noto-cjk
python3 -c 'import ensurepip, venv' 2>/dev/null || need python3-venv
if [ "$purpose" = test ]; then
  command -v chromium >/dev/null || need chromium
  command -v pdftotext >/dev/null || need poppler-utils
  command -v qpdf >/dev/null || need qpdf
fi

install_packages() {
  if [ "$(id -u)" = 0 ]; then as_root=""; elif sudo -n true 2>/dev/null; then as_root="sudo -n"; else return 1; fi
  command -v apt-get >/dev/null || return 1
  say "正在安装系统软件包：$missing"
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 update >/dev/null || return 1
  # shellcheck disable=SC2086  # a list of package names
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=300 install --no-install-recommends \
    $missing >/dev/null || return 1
}

if [ -n "$missing" ] && ! install_packages; then
  say "缺少系统软件包，请管理员安装后再来 / missing system packages, please install:"
  say "  apt-get install$missing"
  exit 2
fi

if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  say "需要 Python 3.11 或更新的版本 / Python 3.11 or newer is needed"
  exit 2
fi

lock=requirements.lock
[ "$purpose" = test ] && lock=requirements-dev.lock
stamp=.venv/.installed
# What was installed, as checksums: the test environment holds everything that running needs.
want=$(cat "$lock" pyproject.toml | sha256sum | cut -d' ' -f1)
if [ "$purpose" = run ]; then also=$(cat requirements-dev.lock pyproject.toml | sha256sum | cut -d' ' -f1); else also=$want; fi
if [ -x .venv/bin/wholeschool ] && grep -qsE "^($want|$also)\$" "$stamp"; then exit 0; fi

say "正在准备 Python 环境（.venv），第一次需要几分钟……"
[ -x .venv/bin/python ] || python3 -m venv .venv
.venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r "$lock"
.venv/bin/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
printf '%s\n' "$want" >"$stamp"
