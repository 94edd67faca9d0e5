#!/usr/bin/env bash
# Kills processes with a journal on disk 1,000 times, or as often as the first argument says, and
# looks for every event that was accepted. A second argument is the seed of a run to repeat.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec mvn -B -q -pl otlp-events -am -Dkills="${1:-1000}" ${2:+-Dseed="$2"} \
  -Dtest=None -Dsurefire.failIfNoSpecifiedTests=false -Dspotless.check.skip=true \
  -Dit.test=KillIntegrationTests -Dfailsafe.failIfNoSpecifiedTests=false verify
