#!/usr/bin/env python3
"""What run.sh measured, as JSON lines for 'diffusharp plot' (--jsonl) or as Markdown tables of scores and metrics: table.py OUT [--jsonl]. Standard library only."""
import glob
import json
import os
import re
import sys

SCORES = ["score", "heldout_score"]
METRICS = ["fid", "is", "precision", "recall", "acc", "heldout_fid", "heldout_is", "heldout_acc"]


def metrics(path):
    if not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8") as file:
        return {m["name"]: m for m in json.load(file)["metrics"]}


# The metrics of both feature sets, each with its error.
def measured(path):
    row = {}
    for prefix, file in (("", path), ("heldout_", path.replace(".json", ".held.json"))):
        for metric, m in metrics(file).items():
            row[prefix + metric], row[f"{prefix}{metric}_se"] = m["value"], m["uncertainty"]
    return row


def scores(folder, nfe):
    with open(os.path.join(folder, "search.json"), encoding="utf-8") as file:
        summary = json.load(file)["summary"]
    for milestone in summary["milestones"]:
        if milestone["nfe"] == nfe:
            return {"score": milestone["found"], "heldout_score": milestone["held_out"]}
    return {}


def rows(out):
    for path in sorted(p for p in glob.glob(f"{out}/*/budget-*.json") if not p.endswith(".held.json")):
        folder = os.path.dirname(path)
        row = {"algorithm": os.path.basename(folder), "nfe": int(os.path.basename(path)[len("budget-"):-len(".json")])}
        for name, score in scores(folder, row["nfe"]).items():
            if score:
                row[name], row[f"{name}_se"] = score["mean"], score["standard_error"]
        yield row | measured(path)
    for path in (p for p in glob.glob(f"{out}/steps-*.json") if not p.endswith(".held.json")):
        yield {"algorithm": "no search, more steps", "nfe": 2 * int(re.search(r"steps-(\d+)\.json", path)[1]) - 1, **measured(path)}


def show(table, fields, digits):
    print("| algorithm | NFE | " + " | ".join(f.replace("_", " ") for f in fields) + " |")
    print("| --- | --- |" + " --- |" * len(fields))
    for row in table:
        cells = [f"{row[f]:.{digits}f} ± {row[f + '_se']:.{digits}f}" if f in row else "" for f in fields]
        print(f"| {row['algorithm']} | {row['nfe']} | " + " | ".join(cells) + " |")
    print()


def main():
    table = sorted(rows(sys.argv[1]), key=lambda row: (row["algorithm"], row["nfe"]))
    if "--jsonl" in sys.argv:
        for row in table:
            print(json.dumps(row))
        return
    show([row for row in table if "score" in row], SCORES, 4)
    show(table, METRICS, 3)


main()
