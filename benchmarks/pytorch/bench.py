"""Images per second per network evaluation (or training step) of the PyTorch peer.

    python3 bench.py --network fashion-mnist --batch 64 --threads 2 --mode inference --repeats 7 --json
"""

import argparse
import json
import os
import platform
import resource
import statistics
import time

import torch

from networks import EDMPrecond

# img_resolution, img_channels and the options of EDMPrecond(SongUNet).
PRESETS = {
    # 55.7 M parameters; class-conditional with augmentation labels, as published for CIFAR-10.
    "cifar10-ddpmpp": dict(img_resolution=32, img_channels=3, label_dim=10, augment_dim=9, model_channels=128,
                           channel_mult=(2, 2, 2), num_blocks=4, attn_resolutions=(16,), dropout=0.13),
    # 1.26 M parameters at 28, 14 and 7 pixels: the network that ships.
    "fashion-mnist": dict(img_resolution=28, img_channels=1, label_dim=10, augment_dim=9, model_channels=32,
                          channel_mult=(1, 2, 2), num_blocks=1, attn_resolutions=(7,), dropout=0.0),
}


def edm_loss(network, images, labels, augment_labels):
    """EDM training loss: ln sigma ~ N(-1.2, 1.2^2), weight (sigma^2 + sd^2) / (sigma sd)^2, summed over the batch."""
    sigma = (torch.randn(images.shape[0], 1, 1, 1) * 1.2 - 1.2).exp()
    weight = (sigma ** 2 + network.sigma_data ** 2) / (sigma * network.sigma_data) ** 2
    noisy = images + torch.randn_like(images) * sigma
    denoised = network(noisy, sigma, labels, augment_labels)
    return (weight * (denoised - images) ** 2).sum() / images.shape[0]


def inference_step(network, inputs):
    images, labels, augment_labels = inputs
    sigma = torch.full([images.shape[0]], 1.5)

    @torch.no_grad()
    def step():
        network(images, sigma, labels)

    network.eval()
    return step


def training_step(network, inputs):
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3, betas=(0.9, 0.999), eps=1e-8)

    def step():
        optimizer.zero_grad(set_to_none=True)
        edm_loss(network, *inputs).backward()
        optimizer.step()

    network.train()
    return step


MODES = {"inference": inference_step, "training": training_step}


def make_inputs(preset, batch):
    images = torch.randn(batch, preset["img_channels"], preset["img_resolution"], preset["img_resolution"])
    labels = torch.eye(preset["label_dim"])[torch.arange(batch) % preset["label_dim"]]
    return images, labels, torch.zeros(batch, preset["augment_dim"])


def measure(step, repeats, warm_up=2):
    for _ in range(warm_up):
        step()
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        step()
        seconds.append(time.perf_counter() - start)
    return seconds


def tuning():
    """The environment variables that change the peer's speed, so that a recorded number says under which it was taken."""
    return {k: v for k, v in sorted(os.environ.items()) if k.startswith(("MALLOC_", "OMP_", "OPENBLAS_", "ATEN_CPU"))}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", choices=PRESETS, default="fashion-mnist")
    parser.add_argument("--mode", choices=MODES, default="inference")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--channels-last", action="store_true", help="weights and images in channels-last layout")
    parser.add_argument("--compile", action="store_true", help="torch.compile (PyTorch 2)")
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    args = parser.parse_args()

    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    preset = PRESETS[args.network]
    network = EDMPrecond(**preset)
    inputs = make_inputs(preset, args.batch)
    if args.channels_last:
        network = network.to(memory_format=torch.channels_last)
        inputs = (inputs[0].to(memory_format=torch.channels_last), *inputs[1:])
    if args.compile:
        network = torch.compile(network)
    seconds = measure(MODES[args.mode](network, inputs), args.repeats)
    median = statistics.median(seconds)
    result = {
        "peer": "pytorch-compiled" if args.compile else "pytorch-eager",
        "channels_last": args.channels_last, "torch": torch.__version__, "python": platform.python_version(),
        "network": args.network, "parameters": sum(p.numel() for p in network.parameters()),
        "mode": args.mode, "batch": args.batch, "threads": args.threads, "repeats": args.repeats,
        "median_seconds": round(median, 5), "min_seconds": round(min(seconds), 5),
        "images_per_second": round(args.batch / median, 2),
        "peak_memory_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "environment": tuning(),
    }
    if args.json:
        print(json.dumps(result))
    else:
        print("\n".join(f"{key:18} {value}" for key, value in result.items()))


if __name__ == "__main__":
    main()
