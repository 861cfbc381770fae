#!/bin/sh
# The package by itself: the wheel in an environment that holds nothing but what it asks for, away from the checkout.
# A programme is begun, checked and published, the example checked and its certificates made.
# FOLDER (none, or empty before) keeps what was made; without it a new one is used and removed.
set -eu
cd "$(dirname "$0")/.."
checkout=$(pwd)
if [ $# -gt 0 ]; then
  mkdir -p "$1"
  place=$(cd "$1" && pwd)
else
  place=$(mktemp -d)
  trap 'rm -rf "$place"' EXIT
fi
python=${PYTHON:-python3}
quiet="-q --disable-pip-version-check"

"$python" -m venv "$place/builder"
sed -n '/^setuptools==/,/[^\\]$/p' requirements.lock >"$place/setuptools.txt"
# Building leaves files where it builds, so it builds a copy of what is tracked.
git archive HEAD | (mkdir -p "$place/source" && tar -x -C "$place/source")
# shellcheck disable=SC2086  # two words
"$place/builder/bin/python" -m pip install $quiet --require-hashes -r "$place/setuptools.txt"
# shellcheck disable=SC2086
"$place/builder/bin/python" -m pip wheel $quiet --no-deps --no-build-isolation -w "$place" "$place/source"
rm -rf "$place/builder" "$place/source"

"$python" -m venv "$place/environment"
# shellcheck disable=SC2086
"$place/environment/bin/python" -m pip install $quiet --require-hashes -r requirements.lock
# shellcheck disable=SC2086
"$place/environment/bin/python" -m pip install $quiet --no-deps "$place"/wholeschool-*.whl
wholeschool=$place/environment/bin/wholeschool

cd "$place"
"$wholeschool" new repository programme --name 样张省提升工程
cd programme
"$wholeschool" validate
"$wholeschool" site --out "$place/site"
test -s "$place/site/form/index.html"
rm -r submissions
cp -R "$checkout/submissions" submissions
"$wholeschool" validate
"$wholeschool" certificates render anhui/shili/mingyuan --year 2026 --out "$place/certificates"
find "$place/certificates" -name '*.pdf' | grep -q .
