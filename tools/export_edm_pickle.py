#!/usr/bin/env python3
"""Export a published EDM network pickle as safetensors that DiffuSharp imports.

    python export_edm_pickle.py --edm ~/src/edm --pickle edm-cifar10-32x32-cond-vp.pkl --dest export.safetensors
    diffusharp model import export.safetensors --from edm --dest model.safetensors

Run it where you have a checkout of the EDM code (--edm), PyTorch and NumPy. A pickle of EDM contains source code, and
loading it EXECUTES that code: only use files whose origin you trust. DiffuSharp itself never loads such a file.

The result holds every parameter and buffer of the chosen network (--key, by default the moving average "ema") under its
published name, as float32, and in the metadata "edm.config": one JSON object with the class of the wrapper as "precond",
the class of the network in it as "model_type", and the arguments with which both were made. A network with arguments
that DiffuSharp does not know, or with other constants than the published ones, is not exported. Only the standard library writes
the file, so the safetensors package is not needed.
"""

import argparse
import json
import os
import pickle
import struct
import sys

# Arguments that go into the configuration.
WRAPPER = ("img_resolution", "img_channels", "label_dim", "sigma_data")
NETWORK = (
    "augment_dim", "model_channels", "channel_mult", "channel_mult_emb", "num_blocks", "attn_resolutions", "dropout",
    "label_dropout", "embedding_type", "channel_mult_noise", "encoder_type", "decoder_type", "resample_filter",
)
SONG_ONLY = ("embedding_type", "channel_mult_noise", "encoder_type", "decoder_type", "resample_filter")

# Arguments that say what the configuration says already, or that do not change what is computed in float32.
IMPLIED = ("img_resolution", "in_channels", "out_channels", "label_dim", "model_type", "use_fp16")

# Constants of each wrapper, for which DiffuSharp has only the published values.
CONSTANTS = {
    "VPPrecond": {"beta_d": 19.9, "beta_min": 0.1, "M": 1000, "epsilon_t": 1e-5},
    "VEPrecond": {"sigma_min": 0.02, "sigma_max": 100},
    "iDDPMPrecond": {"C_1": 0.001, "C_2": 0.008, "M": 1000},
    "EDMPrecond": {"sigma_min": 0, "sigma_max": float("inf")},
}


def made_with(module):
    """Keyword arguments with which a persistent module of EDM was made."""
    return dict(getattr(module, "init_kwargs", {}) or {})


def check(precond, wrapper, outer, inner):
    """Stops at what DiffuSharp could not compute: other constants than the published ones, arguments that are not known."""
    if precond not in CONSTANTS:
        sys.exit(f"the wrapper {precond} is not known; {', '.join(CONSTANTS)} are")
    for name, published in CONSTANTS[precond].items():
        value = getattr(wrapper, name, outer.get(name, published))
        if value != published:
            sys.exit(f"{precond} has {name} {value}; DiffuSharp computes {published} only, so this network is not exported")
    for name in list(outer) + list(inner):
        if name not in WRAPPER + NETWORK + IMPLIED and name not in CONSTANTS[precond]:
            sys.exit(f"{name} is an argument that DiffuSharp does not know, so this network is not exported")


def describe(wrapper):
    network = wrapper.model
    outer, inner = made_with(wrapper), made_with(network)
    config = {"precond": type(wrapper).__name__, "model_type": type(network).__name__}
    check(config["precond"], wrapper, outer, inner)
    config.update({name: getattr(wrapper, name, outer.get(name)) for name in WRAPPER if hasattr(wrapper, name) or name in outer})
    for name in NETWORK:
        if name in SONG_ONLY and config["model_type"] != "SongUNet":
            continue
        if name in inner or name in outer:
            config[name] = inner.get(name, outer.get(name))
    return config


def plain(value):
    """Numbers, text and lists for JSON."""
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value.item() if hasattr(value, "item") else value


def write_safetensors(path, tensors, metadata):
    header, offset = {"__metadata__": metadata}, 0
    for name, tensor in tensors.items():
        size = tensor.numel() * 4
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header).encode("utf-8")
    text += b" " * (-len(text) % 8)
    temporary = path + ".tmp"
    with open(temporary, "wb") as stream:
        stream.write(struct.pack("<Q", len(text)))
        stream.write(text)
        for tensor in tensors.values():
            stream.write(tensor.numpy().astype("<f4").tobytes())
    os.replace(temporary, path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--edm", required=True, help="folder of your checkout of the EDM code")
    parser.add_argument("--pickle", required=True, help="network pickle, a file on this machine")
    parser.add_argument("--dest", required=True, help="safetensors file to write")
    parser.add_argument("--key", default="ema", help="entry of the pickle's dictionary [ema]")
    options = parser.parse_args()

    sys.path.insert(0, options.edm)
    import torch  # pylint: disable=import-outside-toplevel

    with open(options.pickle, "rb") as stream:
        content = pickle.load(stream)
    wrapper = (content[options.key] if isinstance(content, dict) else content).eval().cpu().float()
    config = {name: plain(value) for name, value in describe(wrapper).items()}
    with torch.no_grad():
        tensors = {name: value.detach().float().contiguous() for name, value in wrapper.state_dict().items()}
    write_safetensors(options.dest, tensors, {"edm.config": json.dumps(config)})
    print(f"{options.dest}: {len(tensors)} tensors, {json.dumps(config)}")


if __name__ == "__main__":
    main()
