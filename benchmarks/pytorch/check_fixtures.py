"""Proves that networks.py computes what the reference fixtures say: python3 check_fixtures.py [folder]."""

import json
import sys
from pathlib import Path

import numpy
import torch

import networks

TOLERANCE = 2e-4
DEFAULT = Path(__file__).resolve().parents[2] / "tests/fixtures/reference/networks"
TYPES = {"F32": numpy.float32, "F64": numpy.float64}


def read_safetensors(path):
    raw = path.read_bytes()
    start = 8 + int.from_bytes(raw[:8], "little")
    header = json.loads(raw[8:start])
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        values = numpy.frombuffer(raw[start + begin:start + end], TYPES[entry["dtype"]])
        tensors[name] = torch.from_numpy(values.reshape(entry["shape"]).copy())
    return tensors, metadata


def generated(parameter):
    """The documented 32-bit mix, as float32 weights."""
    count = int(numpy.prod(parameter["shape"]))
    offset = (parameter["index"] * 0x9E3779B9 + parameter["seed"] * 0x85EBCA6B) % 2 ** 32
    x = numpy.arange(count, dtype=numpy.uint32) + numpy.uint32(offset)
    x ^= x >> numpy.uint32(16)
    x *= numpy.uint32(0x7FEB352D)
    x ^= x >> numpy.uint32(15)
    x *= numpy.uint32(0x846CA68B)
    x ^= x >> numpy.uint32(16)
    values = parameter["scale"] * numpy.sqrt(3.0) * (x / 2.0 ** 31 - 1) + parameter["shift"]
    return torch.from_numpy(values.astype(numpy.float32).reshape(parameter["shape"]))


def build(description, tensors):
    config = dict(description["config"])
    network = networks.PRECONDITIONINGS[config.pop("precond")](**config)
    state = {p["name"]: generated(p) for p in description["parameters"]}
    ours = [(name, list(p.shape)) for name, p in network.named_parameters()]
    theirs = [(p["name"], p["shape"]) for p in description["parameters"]]
    assert ours == theirs, f"parameters differ: {set(map(str, ours)) ^ set(map(str, theirs)) or 'order only'}"

    frequencies = "model.map_noise.freqs"
    errors = {}
    for name, buffer in network.named_buffers():
        reference = tensors[f"buffer:{name}"]
        if name == frequencies:
            buffer.copy_(reference)
        errors["buffers"] = max(errors.get("buffers", 0.0), relative(buffer, reference))
    assert {n[7:] for n in tensors if n.startswith("buffer:")} == {n for n, _ in network.named_buffers()}
    network.load_state_dict(state, strict=False)
    return network.eval(), errors


def relative(ours, reference):
    return float((ours - reference).abs().max() / reference.abs().max())


@torch.no_grad()
def heun(network, latents, steps, **labels):
    """EDM Algorithm 2 without churn: float64 state, float32 network."""
    low, high = max(0.002, network.sigma_min), min(80.0, network.sigma_max)
    i = torch.arange(steps, dtype=torch.float64)
    times = (high ** (1 / 7) + i / (steps - 1) * (low ** (1 / 7) - high ** (1 / 7))) ** 7
    times = torch.cat([network.round_sigma(times), torch.zeros(1, dtype=torch.float64)])
    x = latents.double() * times[0]
    for now, then in zip(times[:-1], times[1:]):
        slope = (x - network(x, now, **labels).double()) / now
        guess = x + (then - now) * slope
        if then > 0:
            slope = (slope + (guess - network(guess, then, **labels).double()) / then) / 2
            guess = x + (then - now) * slope
        x = guess
    return x


def check(path):
    tensors, metadata = read_safetensors(path.with_suffix(".safetensors"))
    network, errors = build(json.loads(path.read_text()), tensors)
    labels = {k: tensors[k] for k in ("class_labels", "augment_labels") if k in tensors}

    x = tensors["x"].clone().requires_grad_()
    denoised = network(x, tensors["sigma"], **labels)
    parameter = dict(network.named_parameters())[metadata["grad_param"]]
    grad_x, grad_param = torch.autograd.grad((denoised * tensors["cotangent"]).sum(), [x, parameter])
    sampling = {k: v for k, v in labels.items() if k != "augment_labels"}
    samples = heun(network, tensors["latents"], int(metadata["num_steps"]), **sampling)

    for name, value in [("denoised", denoised.detach()), ("grad_x", grad_x), ("grad_param", grad_param),
                        ("samples", samples)]:
        errors[name] = relative(value, tensors[name])
    return errors


def main():
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    paths = sorted(folder.glob("*.json"))
    assert paths, f"{folder}: no fixtures"
    worst = 0.0
    for path in paths:
        errors = check(path)
        worst = max(worst, *errors.values())
        print(f"{path.stem:22}", "  ".join(f"{k} {v:.1e}" for k, v in errors.items()))
    print(f"worst relative error {worst:.1e} (tolerance {TOLERANCE:.0e}): {'agree' if worst <= TOLERANCE else 'DIFFER'}")
    return worst > TOLERANCE


if __name__ == "__main__":
    sys.exit(main())
