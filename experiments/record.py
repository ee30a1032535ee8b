#!/usr/bin/env python3
"""Runs a command that prints one JSON document and appends it to a file of JSON lines, unless that line is there already.

    record.py RESULTS.jsonl [--each FIELD] KEY=VALUE ... -- COMMAND ...

The keys name the measurement: a line that has them all is not measured again, so a script that was stopped goes on where it was. With --each,
every entry of the list FIELD becomes a line of its own. Of `evaluate`, each metric becomes two fields, its value and NAME_stderr.
Standard library only.
"""
import json
import os
import subprocess
import sys
import time


def value(text):
    try:
        return json.loads(text)
    except ValueError:
        return text


def flat(document):
    if isinstance(document.get("metrics"), list):
        for metric in document.pop("metrics"):
            document[metric["name"]] = metric["value"]
            document[metric["name"] + "_stderr"] = metric["uncertainty"]
            document["n"] = metric["images"]
    return document


def main():
    cut = sys.argv.index("--")
    arguments, command = sys.argv[1:cut], sys.argv[cut + 1:]
    path = arguments.pop(0)
    each = None
    if arguments and arguments[0] == "--each":
        each = arguments[1]
        arguments = arguments[2:]
    keys = {name: value(text) for name, text in (a.split("=", 1) for a in arguments)}
    if os.path.exists(path):
        with open(path, encoding="utf-8") as lines:
            if any(keys.items() <= json.loads(line).items() for line in lines if line.strip()):
                return 0
    print("measuring", " ".join(f"{k}={v}" for k, v in keys.items()), file=sys.stderr, flush=True)
    start = time.monotonic()
    run = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    if run.returncode != 0:
        print("failed:", " ".join(command), file=sys.stderr)
        return run.returncode
    document = flat(json.loads(run.stdout))
    rest = {"wall_seconds": round(time.monotonic() - start, 1)}
    entries = document.pop(each) if each else [{}]
    document.pop("values", None)
    if not each:
        document.pop("curve", None)
    text = "".join(json.dumps({**document, **entry, **keys, **rest}) + "\n" for entry in entries)
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "a", encoding="utf-8") as results:
        results.write(text)
        results.flush()
        os.fsync(results.fileno())
    return 0


sys.exit(main())
