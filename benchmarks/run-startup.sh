#!/usr/bin/env bash
# What the starter adds to the start of a minimal web application: time and classes, next to Spring
# Boot's OpenTelemetry starter and OpenTelemetry's own. Usage: run-startup.sh [rounds]
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
build

out=$here/target/startup
mkdir -p "$out"
if [ "${SKIP_BUILD:-}" != 1 ]; then
  for stack in plain boot-opentelemetry opentelemetry-starter; do
    mvn -B -q -f "$here/startup/$stack.xml" dependency:build-classpath -Dmdep.outputFile="$out/$stack.cp" >&2
  done
  # From the reactor, so that nothing needs to be installed.
  (cd "$root" && mvn -B -q -pl otlp-spring-boot-starter -am -DskipTests -Dspotless.check.skip=true \
    package dependency:build-classpath -DincludeScope=runtime -Dmdep.outputFile="$out/starter.cp") >&2
  "${java%java}javac" -proc:none -cp "$(cat "$out/plain.cp")" -d "$out/classes" "$here/startup/MinimalApplication.java"
fi

{
  cat "$out/plain.cp"
  # What the starter adds; the rest is there already, in the same version.
  tr ':' '\n' <"$out/starter.cp" | while read -r entry; do
    case ":$(cat "$out/plain.cp"):" in
      *"/$(basename "$entry"):"*) ;;
      *) printf ':%s' "$entry" ;;
    esac
  done
} | tr -d '\n' >"$out/otlp-events.cp"

for stack in plain otlp-events boot-opentelemetry opentelemetry-starter; do
  printf '%s:%s' "$out/classes" "$(cat "$out/$stack.cp")" >"$out/$stack.run"
done

run StartupHarness "${1:-15}" "plain web application=$out/plain.run" "OTLP Events=$out/otlp-events.run" \
  "Spring Boot's OpenTelemetry starter=$out/boot-opentelemetry.run" \
  "OpenTelemetry's starter=$out/opentelemetry-starter.run"
