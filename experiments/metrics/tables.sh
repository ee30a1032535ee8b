#!/usr/bin/env bash
# Prints the tables of README.md from the files that run.sh wrote: tables.sh [results folder].
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
out=${1:-$here/results}

# A line of 'evaluate' begins with "fid 1.2345 +- 0.0123 (...)", or without the part from "+-" on.
number() {
  awk -v name="$2" '$1 == name { printf "%s", $2; if ($3 == "+-") printf " +- %s", $4; else sub(/,$/, "") }' "$1" | tr -d ','
}

echo "| N | fid | kid |"
echo "|---|---|---|"
for n in $(basename -a -s .txt "$out"/bias-*.txt | cut -d- -f2 | sort -n); do
  echo "| $n | $(number "$out/bias-$n.txt" fid) | $(number "$out/bias-$n.txt" kid) |"
done
echo
echo "| size | rule | fid | kid |"
echo "|---|---|---|---|"
for file in "$out"/resize-*.txt; do
  name=$(basename "$file" .txt)
  name=${name#resize-}
  echo "| ${name%%-*} | ${name#*-} | $(number "$file" fid) | $(number "$file" kid) |"
done
