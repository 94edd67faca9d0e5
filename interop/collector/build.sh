#!/usr/bin/env bash
# Builds the OpenTelemetry Collector described by manifest.yaml into a per-user cache.
#
# The last line on stdout is the absolute path of the binary; everything else goes to stderr.
# Does nothing when the binary for this manifest and this script is already in the cache.
set -euo pipefail

die() { printf 'build.sh: %s\n' "$*" >&2; exit 1; }
say() { printf 'build.sh: %s\n' "$*" >&2; }

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
manifest=$here/manifest.yaml
[ -r "$manifest" ] || die "cannot read $manifest"

version=$(sed -n 's/^  version:[[:space:]]*\([0-9][0-9A-Za-z.+-]*\)[[:space:]]*$/\1/p' "$manifest" | head -n 1)
[ -n "$version" ] || die "no dist.version in $manifest"

if [ -z "${OTLPEVENTS_COLLECTOR_CACHE:-}${XDG_CACHE_HOME:-}${HOME:-}" ]; then
  die "set OTLPEVENTS_COLLECTOR_CACHE, XDG_CACHE_HOME or HOME to say where the binary goes"
fi
cache=${OTLPEVENTS_COLLECTOR_CACHE:-${XDG_CACHE_HOME:-${HOME:-}/.cache}/otlp-events}
mkdir -p "$cache" || die "cannot create the cache folder $cache"
cache=$(cd "$cache" && pwd -P)

# cksum is POSIX; sha256sum or shasum are preferred when present.
hash_stdin() {
  if command -v sha256sum >/dev/null 2>&1; then sha256sum
  elif command -v shasum >/dev/null 2>&1; then shasum -a 256
  else cksum
  fi | tr -cd '0-9a-f' | cut -c 1-12
}
hash=$(cat "$manifest" "$here/build.sh" | hash_stdin)
name=otelcol-$version-$hash
binary=$cache/$name

finish() {
  # Replace the symlink atomically: create it under another name, then rename it.
  if [ "$(readlink "$cache/otelcol" 2>/dev/null || true)" != "$name" ]; then
    rm -rf "$cache/.otelcol.$$"
    mkdir "$cache/.otelcol.$$"
    ln -s "$name" "$cache/.otelcol.$$/otelcol"
    mv -f "$cache/.otelcol.$$/otelcol" "$cache/" || die "cannot write $cache/otelcol"
    rmdir "$cache/.otelcol.$$"
  fi
  printf '%s\n' "$binary"
}

if [ -x "$binary" ]; then
  finish
  exit 0
fi

command -v go >/dev/null 2>&1 || die "the Go toolchain is needed to build the Collector, and 'go' is not on PATH"
go version >&2 || die "'go version' failed: the Go toolchain does not work"

work=$(mktemp -d "${TMPDIR:-/tmp}/otelcol-build.XXXXXX")
partial=$cache/.$name.$$
cleanup() { rm -rf "$work" "$partial"; }
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

export GOWORK=off CGO_ENABLED=0

say "1/4 installing the builder v$version"
GOBIN=$work/bin go install "go.opentelemetry.io/collector/cmd/builder@v$version" >&2 \
  || die "go install of the Collector builder failed (see above)"

say "2/4 generating the sources"
cp "$manifest" "$work/manifest.yaml"
(cd "$work" && bin/builder --config manifest.yaml --skip-get-modules --skip-compilation) >&2 \
  || die "the Collector builder failed (see above)"

say "3/4 resolving the modules"
# With --skip-get-modules the builder writes no go.mod. Without it, the builder runs a plain
# "go mod tidy", which fails as soon as a module that only a dependency's tests import cannot be
# fetched. So go.mod is made here from the manifest, and tidied with -e: what the build itself
# needs and cannot get still fails in step 4.
requires=$(sed -n 's/^ *- gomod: *\([^ ]*\)  *\(v[^ ]*\) *$/-require=\1@\2/p' "$manifest")
[ -n "$requires" ] || die "no gomod lines in $manifest"
(
  cd "$work/generated"
  go mod init otelcol-interop
  # The two modules that the generated sources import besides the listed components.
  # shellcheck disable=SC2086  # one word per module on purpose
  go mod edit $requires \
    "-require=go.opentelemetry.io/collector/otelcol@v$version" \
    "-require=go.opentelemetry.io/collector/service@v$version"
  go mod tidy -e
) >&2 || die "resolving the Collector's modules failed (see above)"

say "4/4 compiling; this takes some minutes the first time"
(cd "$work/generated" && go build -trimpath -ldflags '-s -w' -o "$partial" .) >&2 \
  || die "go build of the Collector failed (see above)"
"$partial" --version >&2 || die "the Collector was built but does not run"

mv -f "$partial" "$binary"
finish
