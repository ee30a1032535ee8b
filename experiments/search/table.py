#!/usr/bin/env python3
"""What run.sh measured, as JSON lines for 'diffusharp plot' (--jsonl) or as a Markdown table: table.py OUT [--jsonl]. Standard library only."""
import glob
import json
import os
import sys


def metrics(path):
    if not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8") as file:
        return {m["name"]: m for m in json.load(file)["metrics"]}


def rows(out):
    for path in sorted(p for p in glob.glob(f"{out}/*/budget-*.json") if not p.endswith(".held.json")):
        name = os.path.basename(os.path.dirname(path))
        row = {"algorithm": name, "nfe": int(os.path.basename(path)[len("budget-"):-len(".json")])}
        for prefix, file in (("", path), ("heldout_", path.replace(".json", ".held.json"))):
            for metric, m in metrics(file).items():
                row[prefix + metric] = m["value"]
                row[f"{prefix}{metric}_se"] = m["uncertainty"]
        yield row


def main():
    table = list(rows(sys.argv[1]))
    if "--jsonl" in sys.argv:
        for row in table:
            print(json.dumps(row))
        return
    fields = ["fid", "is", "precision", "recall", "acc", "heldout_fid", "heldout_is", "heldout_acc"]
    print("| algorithm | NFE | " + " | ".join(f.replace("_", " ") for f in fields) + " |")
    print("| --- | --- |" + " --- |" * len(fields))
    for row in table:
        cells = [f"{row[f]:.3f} ± {row[f + '_se']:.3f}" if f in row else "" for f in fields]
        print(f"| {row['algorithm']} | {row['nfe']} | " + " | ".join(cells) + " |")


main()
