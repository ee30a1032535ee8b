#!/usr/bin/env bash
# EDM, appendix E.2: coordinate search over S_churn, S_min, S_max and S_noise, STEPS (default 18, NFE 35), FID in the shipped classifier's features.
# N (default 1000) images a point, 85 seconds each on one core at 18 steps, at most 12 points.
source "$(dirname -- "$0")/../common.sh"
n=${N:-1000}
steps=${STEPS:-18}
ref=$(reference)
file=$results/churn-$steps-$n.jsonl
touch "$file"

measure() { # churn min max noise
  record "$file" S_churn="$1" S_min="$2" S_max="$3" S_noise="$4" -- ./diffusharp evaluate --num "$n" --ref "$ref" --metrics fid \
    --steps $steps --S_churn "$1" --S_min "$2" --S_max "$3" --S_noise "$4" --json
}

best() { # field: its value on the line of least FID
  python3 -c 'import json, sys
print(min((json.loads(line) for line in open(sys.argv[1])), key=lambda r: r["fid"])[sys.argv[2]])' "$file" "$1"
}

for churn in 0 5 10 20 40 80; do measure $churn 0 50 1.003; done
churn=$(best S_churn)
if [[ $churn != 0 ]]; then
  for max in 1 10; do measure "$churn" 0 $max 1.003; done
  max=$(best S_max)
  for min in 0.05 0.5; do measure "$churn" $min "$max" 1.003; done
  min=$(best S_min)
  for noise in 1.000 1.007; do measure "$churn" "$min" "$max" $noise; done
fi
table "$file" --list S_churn,S_min,S_max,S_noise,fid,fid_stderr .4f
