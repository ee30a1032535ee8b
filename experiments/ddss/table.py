#!/usr/bin/env python3
"""Tables of results.jsonl, on the features that were tuned on and on the held-out ones. Standard library only.

    table.py RESULTS.jsonl              FID and IS of each sampler, best FID first within an NFE
    table.py RESULTS.jsonl --by-nfe     FID / held-out FID, one line a sampler, one column an NFE
    table.py RESULTS.jsonl --learned    how far each learned sampler is ahead of each hand-made one, on the same seeds

All take --nfe 5,8 --images 2500 --match REGEX (of the id) --ranges 3,4,5, and --learned also --metric kid. Only rows of one model and one number of images are compared. A sampler measured on one range of seeds has evaluate's own error; on several, the mean with
its standard error over the ranges. --by-nfe takes the first range alone. --learned takes the differences range by range, so that what the seeds have in common falls out; it needs at least two ranges."""
import argparse
import json
import math
import os
import re

FEATURES = ("used", "heldout")


def read(path):
    samplers = {}
    with open(path, encoding="utf-8") as lines:
        for row in (json.loads(line) for line in lines if line.strip()):
            key = (row["sample"]["nfe"], row["id"], row["images"], os.path.basename(row["sample"]["network"]))
            samplers.setdefault(key, {})[row["range"]] = row
    return samplers


def metric(row, features, name):
    return next(m for m in row[features]["metrics"] if m["name"] == name) if row[features] else None


def values(ranges, features, name):
    return {r: metric(row, features, name)["value"] for r, row in ranges.items() if row[features]}


def mean(numbers):
    return sum(numbers) / len(numbers)


def error(numbers):
    return math.sqrt(sum((n - mean(numbers)) ** 2 for n in numbers) / (len(numbers) - 1) / len(numbers))


def shown(ranges, features, name, places):
    numbers = list(values(ranges, features, name).values())
    if not numbers:
        return ""
    spread = error(numbers) if len(numbers) > 1 else next(metric(row, features, name) for row in ranges.values() if row[features])["uncertainty"]
    return f"{mean(numbers):.{places}f} ± {spread:.{places}f}"


def ahead(learned, other, features, name):
    ours, theirs = values(learned, features, name), values(other, features, name)
    differences = [theirs[r] - ours[r] for r in ours if r in theirs]
    places = 4 if name == "fid" else 6
    return f"{mean(differences):+.{places}f} ± {error(differences):.{places}f}" if len(differences) > 1 else ""


def print_row(cells):
    print("| " + " | ".join(cells) + " |")


def print_head(cells):
    print_row(cells)
    print_row(["---"] * len(cells))


def print_all(samplers, _):
    print_head(["NFE", "sampler", "images", "FID", "IS", "held-out FID", "held-out IS"])
    for (nfe, name, images, _), ranges in sorted(samplers.items(), key=lambda s: (s[0][0], mean(list(values(s[1], "used", "fid").values())))):
        cells = [shown(ranges, features, what, places) for features in FEATURES for what, places in (("fid", 4), ("is", 2))]
        print_row([str(nfe), name, f"{len(ranges)} x {images}", *cells])


def is_learned(ranges):
    return next(iter(ranges.values()))["sample"]["sampler"].startswith("learned-")


def print_learned(samplers, name):
    print_head(["NFE", "learned", "hand-made", "ranges", f"{name.upper()} lower by", f"held-out {name.upper()} lower by"])
    for (nfe, sampler, *kind), learned in sorted(samplers.items()):
        others = [(other, ranges) for (at, other, *its), ranges in sorted(samplers.items()) if [at, *its] == [nfe, *kind] and not is_learned(ranges)]
        for other, ranges in others if is_learned(learned) else []:
            cells = [ahead(learned, ranges, features, name) for features in FEATURES]
            if any(cells):
                print_row([str(nfe), sampler, other, str(len(learned.keys() & ranges.keys())), *cells])


def print_by_nfe(samplers, _):
    table = {}
    for (nfe, name, *kind), ranges in samplers.items():
        table.setdefault((re.sub(rf"-{nfe}$", "", name), *kind), {})[nfe] = ranges[min(ranges)]
    columns = sorted({nfe for cells in table.values() for nfe in cells})
    print_head(["sampler", *map(str, columns)])
    for (name, *_), cells in sorted(table.items()):
        print_row([name, *(" / ".join(f"{metric(cells[nfe], f, 'fid')['value']:.3f}" for f in FEATURES if cells[nfe][f]) if nfe in cells else "" for nfe in columns)])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--by-nfe", action="store_const", dest="show", const=print_by_nfe)
    kind.add_argument("--learned", action="store_const", dest="show", const=print_learned)
    parser.add_argument("--nfe", type=lambda text: {int(n) for n in text.split(",")})
    parser.add_argument("--images", type=int)
    parser.add_argument("--match", default="")
    parser.add_argument("--ranges", type=lambda text: {int(r) for r in text.split(",")})
    parser.add_argument("--metric", choices=("fid", "kid"), default="fid")
    wanted = parser.parse_args()
    samplers = {}
    for (nfe, name, images, model), ranges in read(wanted.results).items():
        ranges = {r: row for r, row in ranges.items() if not wanted.ranges or r in wanted.ranges}
        if ranges and (not wanted.nfe or nfe in wanted.nfe) and wanted.images in (None, images) and re.search(wanted.match, name):
            samplers[nfe, name, images, model] = ranges
    (wanted.show or print_all)(samplers, wanted.metric)


main()
