#!/usr/bin/env bash
# Runs the tests of the solution, which must be built, and sums up: test.sh [arguments of dotnet test]
set -uo pipefail
log=$(mktemp)
trap 'rm -f "$log"' EXIT

start=$SECONDS
dotnet test DiffuSharp.slnx -c Release --no-build --nologo "$@" 2>&1 | tee "$log"
status=${PIPESTATUS[0]}

# Lines such as "Passed!  - Failed:     0, Passed:   123, Skipped:     1, Total:   124, Duration: ..."
awk -v seconds=$((SECONDS - start)) '
  /(Passed!|Failed!|Skipped!) +- Failed:/ {
    for (i = 1; i < NF; i++) {
      if ($i == "Failed:") failed += $(i + 1)
      if ($i == "Passed:") passed += $(i + 1)
      if ($i == "Skipped:") skipped += $(i + 1)
    }
  }
  END {
    printf "\n%d passed, %d failed, %d skipped in %d s\n", passed, failed, skipped, seconds
    if (passed == 0 || failed > 0) exit 1
  }' "$log" || status=1
exit "$status"
