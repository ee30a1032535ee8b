# Sourced by the scripts: where things are, and how a measurement is kept.
# RESULTS (default: results/ beside the script) holds JSON lines; a script that is stopped goes on where it was.
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[1]}")" && pwd)
root=$(cd -- "$here/../.." && pwd)
results=${RESULTS:-$here/results}
mkdir -p "$results"
cd "$root"

record() { python3 "$root/experiments/record.py" "$@"; }
table() { python3 "$root/experiments/table.py" "$@"; }

# Draws a figure where this build can.
plot() { ./diffusharp plot "$@" || echo "no figure: 'diffusharp plot' failed" >&2; }

# Reference statistics of the training images in the shipped classifier's features.
reference() {
  local file=$results/fashion-mnist.npz
  [[ -f $file ]] || ./diffusharp evaluate ref --data fashion-mnist --dest "$file" >&2
  echo "$file"
}
