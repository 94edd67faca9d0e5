# Sourced by the run scripts. Builds the benchmarks and what they need, quietly, unless SKIP_BUILD=1.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
root=$(dirname "$here")
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
jar=$here/target/benchmarks.jar

build() {
  if [ "${SKIP_BUILD:-}" = 1 ] && [ -f "$jar" ]; then
    return
  fi
  printf 'building\n' >&2
  (cd "$root" && mvn -B -q -pl benchmarks -am -DskipTests -Dspotless.check.skip=true package) >&2
}

# The OpenTelemetry Collector's binary; built the first time, which takes some minutes.
collector() {
  "$root/interop/collector/build.sh" | tail -n 1
}

# run <main class> <arguments>
run() {
  local main=$1
  shift
  exec "$java" -cp "$jar" "io.otlpevents.benchmarks.$main" "$@"
}
