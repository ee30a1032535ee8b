#!/usr/bin/env bash
# EDM, Figure 3: paths of the probability-flow ODE for data at 1 and -1, drawn in the coordinates of VP, VE and EDM. Seconds.
source "$(dirname -- "$0")/../common.sh"

for kind in "vp vp" "ve none" "linear none"; do
  read -r schedule scaling <<<"$kind"
  ./diffusharp sampler paths --schedule "$schedule" --scaling "$scaling" --paths 9 --points 300 --sigma_max 25 >"$results/paths-$schedule.jsonl"
  plot "$results/paths-$schedule.jsonl" --x t --y x --series path --title "schedule $schedule, scaling $scaling" --dest "$here/paths-$schedule.svg"
done
