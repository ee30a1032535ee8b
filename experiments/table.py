#!/usr/bin/env python3
"""Prints JSON lines as a Markdown table: table.py RESULTS.jsonl ROW_FIELDS COLUMN_FIELD VALUE_FIELD [FORMAT], or
table.py RESULTS.jsonl --list FIELD,FIELD,... [FORMAT]. ROW_FIELDS may be several, separated by commas; VALUE_FIELD+-ERROR_FIELD shows an error with each
value. Standard library only."""
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


def head(cells):
    row(cells)
    row(["---"] * len(cells))


def listed(rows, fields, style):
    head(fields)
    for entry in rows:
        row([show(entry.get(f), style) for f in fields])


def crossed(rows, down, across, what, style):
    columns = ordered(r[across] for r in rows)
    head([f"{', '.join(down)} \\ {across}"] + [str(c) for c in columns])
    names = [tuple(r[f] for f in down) for r in rows]
    cells = {(name, r[across]): " ± ".join(show(r[w], style) for w in what) for name, r in zip(names, rows)}
    for name in ordered(names):
        row([", ".join(map(str, name))] + [cells.get((name, c), "") for c in columns])


def main():
    rows, style = read(sys.argv[1]), sys.argv[-1] if sys.argv[-1].startswith(".") else ".4g"
    if sys.argv[2] == "--list":
        listed(rows, sys.argv[3].split(","), style)
    else:
        down, across, what = sys.argv[2:5]
        crossed(rows, down.split(","), across, what.split("+-"), style)


main()
