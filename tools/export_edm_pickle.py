#!/usr/bin/env python3
"""Export a published EDM network pickle as safetensors that DiffuSharp imports.

    python export_edm_pickle.py --edm ~/src/edm --pickle edm-cifar10-32x32-cond-vp.pkl --dest export.safetensors
    diffusharp model import export.safetensors --from edm --dest model.safetensors

Run it where you have a checkout of the EDM code (--edm), PyTorch and NumPy. A pickle of EDM contains source code, and
loading it EXECUTES that code: only use files whose origin you trust. DiffuSharp itself never loads such a file.

The result holds every parameter and buffer of the chosen network (--key, by default the moving average "ema") under its
published name, as float32, and in the metadata "edm.config": one JSON object with the class of the wrapper as "precond",
the class of the network in it as "model_type", and the arguments with which both were made, as far as they shape the
network. Only the standard library writes the file, so the safetensors package is not needed.
"""

import argparse
import json
import os
import pickle
import struct
import sys

# Arguments of the wrapper and of the network that DiffuSharp's options know; the others do not change what is computed.
WRAPPER = ("img_resolution", "img_channels", "label_dim", "sigma_data")
NETWORK = (
    "augment_dim", "model_channels", "channel_mult", "channel_mult_emb", "num_blocks", "attn_resolutions", "dropout",
    "label_dropout", "embedding_type", "channel_mult_noise", "encoder_type", "decoder_type", "resample_filter",
)
SONG_ONLY = ("embedding_type", "channel_mult_noise", "encoder_type", "decoder_type", "resample_filter")


def arguments_of(module):
    """Keyword arguments with which a persistent module of EDM was made; its published attributes where there are none."""
    recorded = dict(getattr(module, "init_kwargs", {}) or {})
    recorded.update({name: getattr(module, name) for name in WRAPPER if hasattr(module, name)})
    return recorded


def describe(wrapper):
    network = wrapper.model
    outer, inner = arguments_of(wrapper), arguments_of(network)
    config = {"precond": type(wrapper).__name__, "model_type": type(network).__name__}
    config.update({name: outer[name] for name in WRAPPER if name in outer})
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
