#!/usr/bin/env python3
"""Samplers made from a learned one, as starts for another run or to measure. Standard library only.

    reshape.py drop IN.sampler.json OUT.sampler.json                 one evaluation less
    reshape.py last IN.sampler.json OUT.sampler.json                 as many; the sample is the last denoised image
    reshape.py insert IN.sampler.json OUT.sampler.json --sigma S     one evaluation more, at the level S

drop and last are for samplers whose last level is so low that the network hardly changes the state there, D_n(x_n) = x_n: the sample, a combination of denoised images, is then known
before the last evaluation, x_n standing for D_n. drop makes it the sample; last makes it the last state and its denoised image the sample, which is the form of
GGDM+PRED+TIME without noise. insert noises the sample to S again, with the noise direction (x - D) / sigma of the last state, and denoises that. All are other samplers than IN."""
import argparse
import json
import os


def plus(coefficients, weight, others):
    return {j: coefficients.get(j, 0) + weight * others.get(j, 0) for j in {**coefficients, **others}}


def known_early(rows):
    """The rows before the last state, and the sample as their combination."""
    *before, state, sample = rows
    n = str(len(before))
    if sample.get("x") or sample.get("noise") or state.get("noise"):
        raise SystemExit("reshape.py: the last row must be a combination of denoised images, without noise")
    weight = sample["D"][n]
    older = {j: c for j, c in sample["D"].items() if j != n}
    return before, state["sigma"], plus({}, weight, state.get("x", {})), plus(older, weight, state.get("D", {}))


def drop(rows, _):
    before, _, x, images = known_early(rows)
    return before + [{"sigma": 0, "x": x, "D": images}]


def last(rows, _):
    before, sigma, x, images = known_early(rows)
    return before + [{"sigma": sigma, "x": x, "D": images}, {"sigma": 0, "D": {str(len(before)): 1.0}}]


def insert(rows, sigma):
    *before, sample = rows
    n = str(len(before) - 1)
    if sigma is None or not 0 < sigma < before[-1]["sigma"]:
        raise SystemExit(f"reshape.py: --sigma must lie between 0 and {before[-1]['sigma']:.4g}, the last level")
    noise = sigma / before[-1]["sigma"]
    state = {"sigma": sigma, "x": plus(sample.get("x", {}), noise, {n: 1}), "D": plus(sample["D"], -noise, {n: 1})}
    return before + [state, {"sigma": 0, "D": {str(len(before)): 1.0}}]


SHAPES = {"drop": drop, "last": last, "insert": insert}


def write(sampler, path):
    rows = ",\n".join("    " + json.dumps(row, separators=(",", ":")) for row in sampler["rows"])
    head = json.dumps({name: value for name, value in sampler.items() if name != "rows"}, indent=2, ensure_ascii=False)
    with open(path + ".tmp", "w", encoding="utf-8") as file:
        file.write(f'{head[:-2]},\n  "rows": [\n{rows}\n  ]\n}}\n')
    os.replace(path + ".tmp", path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shape", choices=SHAPES)
    parser.add_argument("source")
    parser.add_argument("dest")
    parser.add_argument("--sigma", type=float)
    flags = parser.parse_args()
    with open(flags.source, encoding="utf-8") as file:
        sampler = json.load(file)
    rows = SHAPES[flags.shape](sampler["rows"], flags.sigma)
    text = flags.shape + (f" {flags.sigma:g}" if flags.shape == "insert" else "")
    options = sampler["options"] | {"reshaped": " ".join(filter(None, (sampler["options"].get("reshaped"), text)))}
    write(sampler | {"options": options, "nfe": len(rows) - 1, "rows": rows}, flags.dest)


if __name__ == "__main__":
    main()
