#!/usr/bin/env python3
"""The table of results.jsonl: FID, KID and IS of each sampler on the features that were tuned on and on the held-out ones, best FID first within an NFE.
table.py RESULTS.jsonl [NFE ...]. Standard library only."""
import json
import sys


def number(metrics, name, places):
    metric = next(m for m in metrics if m["name"] == name)
    return f"{metric['value']:.{places}f} ± {metric['uncertainty']:.{places}f}"


def main():
    with open(sys.argv[1], encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines if line.strip()]
    wanted = {int(n) for n in sys.argv[2:]} or {r["sample"]["nfe"] for r in rows}
    rows = [r for r in rows if r["sample"]["nfe"] in wanted]
    rows.sort(key=lambda r: (r["sample"]["nfe"], r["used"]["metrics"][0]["value"]))
    print("| NFE | sampler | FID | IS | held-out FID | held-out IS |")
    print("| --- | --- | --- | --- | --- | --- |")
    for r in rows:
        used, heldout = r["used"]["metrics"], (r["heldout"] or {}).get("metrics")
        others = [number(heldout, "fid", 4), number(heldout, "is", 2)] if heldout else ["", ""]
        cells = [str(r["sample"]["nfe"]), r["id"], number(used, "fid", 4), number(used, "is", 2), *others]
        print("| " + " | ".join(cells) + " |")


main()
