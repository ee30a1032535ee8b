#!/usr/bin/env python3
"""Makes a TorchScript feature network that `evaluate --features` can run out of one whose forward() must be told to give features.

    wrap_feature_network.py inception-2015-12-05.pt inception.pt --name inception-2015-12-05/tf1 --layer pool_3

The module in the first file is called with uint8-range float images [N,3,H,W] (0 to 255) and `return_features=True`, the convention of the Inception file that EDM,
StyleGAN and clean-fid use; --plain leaves that argument out. That module resizes by itself, so no size is needed for it: give --size and --resize
only to let DiffuSharp resize ("tf1-bilinear", "clean-bicubic", "half-pixel-bilinear") before the module sees the images. Written are DEST and its protocol DEST.json.
Runs on your machine with PyTorch 1.8 or newer; loading the file runs the code in it, as with any TorchScript.
"""
import argparse
import hashlib
import json

RULES = ["none", "tf1-bilinear", "half-pixel-bilinear", "clean-bicubic"]


def wrapped(torch, module, plain):
    class Features(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.network = module

        def forward(self, x):
            return self.network(x, return_features=True).flatten(1)

    class Plain(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.network = module

        def forward(self, x):
            return self.network(x).flatten(1)

    return torch.jit.script(Plain() if plain else Features())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source")
    parser.add_argument("dest")
    parser.add_argument("--name", required=True, help="name of the protocol, printed with every number")
    parser.add_argument("--layer", required=True, help="the layer that gives the features")
    parser.add_argument("--plain", action="store_true", help="call the module without return_features=True")
    parser.add_argument("--size", type=int, help="rows and columns that the module takes; any if not given")
    parser.add_argument("--resize", choices=RULES, default="none", help="how images of another size get there")
    arguments = parser.parse_args()

    import torch

    module = torch.jit.load(arguments.source, map_location="cpu").eval()
    network = wrapped(torch, module, arguments.plain)
    side = arguments.size or 299
    with torch.no_grad():
        features = network(torch.zeros(2, 3, side, side))
    network.save(arguments.dest)
    protocol = {
        "name": arguments.name, "channels": 3, "mean": [0, 0, 0], "std": [1, 1, 1], "layer": arguments.layer, "feature_dim": features.shape[1],
        "resize": arguments.resize,
    }
    if arguments.size:
        protocol["height"] = protocol["width"] = arguments.size
    with open(arguments.dest, "rb") as file:
        protocol["sha256"] = hashlib.sha256(file.read()).hexdigest()
    with open(arguments.dest + ".json", "w", encoding="utf-8") as file:
        json.dump(protocol, file, indent=2)
    print(f"{arguments.dest}: {features.shape[1]} features of {arguments.layer}; protocol in {arguments.dest}.json")


main()
