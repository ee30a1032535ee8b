#!/usr/bin/env python3
"""Prints JSON lines as a Markdown table: table.py RESULTS.jsonl ROW_FIELD COLUMN_FIELD VALUE_FIELD [FORMAT], or
table.py RESULTS.jsonl --list FIELD,FIELD,... [FORMAT]. Standard library only."""
import json
import sys


def read(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def ordered(values):
    seen = list(dict.fromkeys(values))
    return sorted(seen) if all(isinstance(v, (int, float)) for v in seen) else seen


def show(cell, style):
    return "" if cell is None else format(cell, style) if isinstance(cell, float) else str(cell)


def row(cells):
    print("| " + " | ".join(cells) + " |")


def main():
    rows, style = read(sys.argv[1]), sys.argv[-1] if sys.argv[-1].startswith(".") else ".4g"
    if sys.argv[2] == "--list":
        fields = sys.argv[3].split(",")
        row(fields)
        row(["---"] * len(fields))
        for entry in rows:
            row([show(entry.get(f), style) for f in fields])
        return
    down, across, what = sys.argv[2:5]
    columns = ordered(r[across] for r in rows)
    row([f"{down} \\ {across}"] + [str(c) for c in columns])
    row(["---"] * (len(columns) + 1))
    cells = {(r[down], r[across]): r[what] for r in rows}
    for name in ordered(r[down] for r in rows):
        row([str(name)] + [show(cells.get((name, c)), style) for c in columns])


main()
