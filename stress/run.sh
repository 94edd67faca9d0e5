#!/usr/bin/env bash
# The journal's races under jcstress. Arguments go to jcstress: -t <regular expression> chooses
# tests, -m default looks longer, -h lists the options. It ends with an error when an outcome is
# forbidden; the report is stress/target/results/index.html. Tests with three actors need three
# processors and are left out where there are two. All of it takes about 25 minutes with two
# processors, and about three with
#   -sc false -jvmArgs "-XX:-TieredCompilation"
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
mvn -B -q -f reactor.xml -DskipTests -DskipITs -Dspotless.check.skip=true package
mkdir -p target/results
cd target
case " $* " in
  *" -m "*) ;;
  *) set -- -m quick "$@" ;;
esac
exec java -jar stress.jar -r results "$@"
