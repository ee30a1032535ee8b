#!/usr/bin/env python3
"""The table of nfe.sh: FID by solver and NFE, the NFE at which each comes within 5 % of its own best, and the ratios that the issue of EDM's Table 3
asks for. Standard library only."""
import json
import sys

SINGLE_STEP = {"euler", "ddpm", "heun"}


def main():
    with open(sys.argv[1], encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines if line.strip()]
    by_solver = {}
    for r in rows:
        by_solver.setdefault(r["solver"], {})[r["nfe"]] = r["fid"]
    columns = sorted({r["nfe"] for r in rows})
    print("| solver | " + " | ".join(str(c) for c in columns) + " | best | NFE within 5 % of own best | NFE within 5 % of Heun's best |")
    print("| --- |" + " --- |" * (len(columns) + 3))
    errors = [r["fid_stderr"] for r in rows]
    heun = min(by_solver["heun"].values()) if "heun" in by_solver else None
    needed, reached = {}, {}
    for solver, points in by_solver.items():
        best = min(points.values())
        needed[solver] = min(nfe for nfe, fid in points.items() if fid <= 1.05 * best)
        reached[solver] = min((nfe for nfe, fid in points.items() if heun is not None and fid <= 1.05 * heun), default=None)
        cells = [f"{points[c]:.3f}" if c in points else "" for c in columns]
        last = " (the last measured)" if points[max(points)] == best else ""
        print(f"| {solver} | " + " | ".join(cells) + f" | {best:.3f}{last} | {needed[solver]} | {reached[solver] or 'not reached'} |")
    print()
    print(f"Standard errors of single values {min(errors):.3f} to {max(errors):.3f} (bootstrap); all share their seeds, so differences are known better.")
    print()
    multistep = {s: n for s, n in reached.items() if s not in SINGLE_STEP and n is not None}
    if "heun" in needed and multistep:
        fastest = min(multistep, key=lambda s: (multistep[s], min(by_solver[s].values())))
        for name, own in (("their own best", needed), ("Heun's best", reached)):
            for baseline in ("ddpm", "euler"):
                for other in ("heun", fastest):
                    a, b = own.get(baseline), own.get(other)
                    ratio = f"{a / b:.1f} ({a} against {b})" if a and b else "not reached"
                    print(f"- NFE of {baseline} over {other}, within 5 % of {name}: {ratio}")


main()
