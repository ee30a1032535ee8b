#!/usr/bin/env python3
"""Run a sampler that was written for PyTorch on symbols, and write what it does as a sampler file of DiffuSharp.

    python trace_sampler.py k_diffusion.sampling:sample_lms --sigmas 80,20,5,1,0.2,0 --set order=4 --dest lms.sampler.json
    diffusharp sampler show lms.sampler.json
    diffusharp sample --sampler lms.sampler.json

The sampler is MODULE:FUNCTION or FILE.py:FUNCTION and is called as function(model, x, sigmas, **options) with x of standard
deviation sigmas[0] and model(x, sigma) the denoised image. It may use float64 tensors of PyTorch, NumPy numbers or plain
Python numbers for everything but images. An image is a symbol here: a linear combination of the prior draw, earlier states,
earlier denoised images and fresh noise. Whatever is linear in images can be traced; anything else (a norm, a clamp, a
product of two images) is an error that names the operation. Noise is taken from torch.randn_like or from the argument
noise_sampler(sigma, sigma_next), which is a Brownian path in sigma, as k-diffusion has it.

This runs the sampler's own code: trace only code that you trust. PyTorch is used if it is there; it is not needed.
"""

import argparse
import ast
import importlib
import importlib.util
import inspect
import json
import math
import os
import sys

try:
    import torch
except ImportError:
    torch = None

PRIOR = ("prior", 0)
SAME = {"clone", "detach", "contiguous", "to", "float", "double", "unsqueeze", "squeeze", "expand", "view", "reshape", "requires_grad_", "cpu", "type"}


class NotLinear(Exception):
    """The sampler does something with images that no table of coefficients can say."""


def number(value):
    """A plain number, whatever holds it."""
    if isinstance(value, Image):
        raise NotLinear("a product or quotient of images")
    if hasattr(value, "numel") and value.numel() != 1:
        raise NotLinear(f"a factor of {value.numel()} different numbers")
    return float(value)


class Image:
    """A linear combination of symbols, standing where a sampler has a tensor of images."""

    __array_ufunc__ = None  # NumPy numbers leave arithmetic to this class
    shape = (1, 1, 1, 1)
    ndim = 4
    requires_grad = False

    def __init__(self, terms, trace):
        self.terms = {symbol: c for symbol, c in terms.items() if c != 0}
        self.trace = trace
        if torch is not None:
            self.device, self.dtype = torch.device("cpu"), torch.float64

    def plus(self, other, factor=1.0):
        if not isinstance(other, Image):
            if number(other) == 0:
                return Image(self.terms, self.trace)
            raise NotLinear("a number added to an image")
        terms = dict(self.terms)
        for symbol, c in other.terms.items():
            terms[symbol] = terms.get(symbol, 0.0) + factor * c
        return Image(terms, self.trace)

    def times(self, factor):
        factor = number(factor)
        return Image({symbol: factor * c for symbol, c in self.terms.items()}, self.trace)

    def set(self, other):
        self.terms = other.terms
        return self

    def __add__(self, other):
        return self.plus(other)

    def __sub__(self, other):
        return self.plus(other, -1.0)

    def __rsub__(self, other):
        return self.times(-1).plus(other)

    def __mul__(self, other):
        return self.times(other)

    def __truediv__(self, other):
        return self.times(1 / number(other))

    def __neg__(self):
        return self.times(-1)

    def __iadd__(self, other):
        return self.set(self + other)

    def __isub__(self, other):
        return self.set(self - other)

    def __imul__(self, other):
        return self.set(self * other)

    def __itruediv__(self, other):
        return self.set(self / other)

    __radd__, __rmul__ = __add__, __mul__

    def __rtruediv__(self, other):
        raise NotLinear("a quotient with an image below")

    def add(self, other, alpha=1):
        return self.plus(other * number(alpha)) if isinstance(other, Image) else self.plus(other)

    def sub(self, other, alpha=1):
        return self.plus(other, -number(alpha))

    def add_(self, other, alpha=1):
        return self.set(self.add(other, alpha=alpha))

    def sub_(self, other, alpha=1):
        return self.set(self.sub(other, alpha=alpha))

    def mul_(self, other):
        return self.set(self * other)

    def div_(self, other):
        return self.set(self / other)

    def lerp(self, end, weight):
        return self.times(1 - number(weight)).plus(end, number(weight))

    mul, multiply, div, neg, true_divide = __mul__, __mul__, __truediv__, __neg__, __truediv__

    def new_ones(self, *shape, **_):
        return torch.ones(1, dtype=torch.float64) if torch is not None else 1.0

    def new_zeros(self, *shape, **_):
        return torch.zeros(1, dtype=torch.float64) if torch is not None else 0.0

    def size(self, dim=None):
        return self.shape if dim is None else self.shape[dim]

    def __getattr__(self, name):
        if name in SAME:
            return lambda *_, **__: Image(self.terms, self.trace)
        raise NotLinear(f"'{name}' of an image") if not name.startswith("__") else AttributeError(name)

    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        name, kwargs = function.__name__.strip("_"), kwargs or {}
        image = next(a for a in args if isinstance(a, Image))
        if name == "randn_like":
            return image.trace.draw()
        if name in ("zeros_like", "empty_like"):
            return Image({}, image.trace)
        if name in ("add", "sub", "mul", "multiply", "div", "true_divide", "truediv", "lerp", "neg", "radd", "rmul", "rsub", "subtract", "rtruediv", "rdiv"):
            return cls._arithmetic(name, args, kwargs)
        raise NotLinear(f"'{function.__name__}' of an image")

    @staticmethod
    def _arithmetic(name, args, kwargs):
        left = args[0]
        if name == "neg":
            return left.times(-1)
        if name == "lerp":
            weight = number(args[2] if len(args) > 2 else kwargs["weight"])
            return args[0].times(1 - weight).plus(args[1], weight)
        right = args[1]
        if name.startswith("r"):
            (left, right), name = (right, left), {"rtruediv": "div", "rdiv": "div"}.get(name, name[1:])
        alpha = number(kwargs.get("alpha", 1))
        if name == "add":
            return (right * alpha + left) if isinstance(right, Image) else left + alpha * number(right)
        if name in ("sub", "subtract"):
            return left.plus(right, -alpha) if isinstance(left, Image) else right.times(-alpha).plus(left)
        if name in ("mul", "multiply"):
            return left * right if isinstance(left, Image) else right * left
        return left / right if isinstance(left, Image) else right.__rtruediv__(left)


class Trace:
    """The rows of a run: one for each evaluation of the model, then the sample."""

    def __init__(self):
        self.rows, self.draws, self.known, self.used, self.path = [], 0, {}, set(), []

    def draw(self):
        self.draws += 1
        return Image({("z", self.draws): 1.0}, self)

    def brownian(self, sigma, sigma_next):
        """The increment of one path between two levels, of variance 1; parts that were drawn before are taken again."""
        high, low = sorted((number(sigma), number(sigma_next)), reverse=True)
        sum_, at = Image({}, self), high
        while at > low:
            part = next((p for p in self.path if p[0] == at), None)
            if part is None:
                end = max([p[0] for p in self.path if low < p[0] < at], default=low)
                part = (at, end, self.draw())
                if any(p[1] < at <= p[0] for p in self.path):
                    raise NotLinear("noise of a part of an interval whose noise was drawn as one")
                self.path.append(part)
            if part[1] < low:
                raise NotLinear("noise of a part of an interval whose noise was drawn as one")
            sum_, at = sum_ + part[2] * math.sqrt(part[0] - part[1]), part[1]
        return sum_ / math.sqrt(high - low)

    def model(self, x, sigma, *_, **__):
        i = len(self.rows)
        self.rows.append(self.row(x, number(sigma if not hasattr(sigma, "numel") else sigma.reshape(-1)[0])))
        x.terms = {("x", i): 1.0}
        return Image({("D", i): 1.0}, self)

    def row(self, x, sigma):
        i, image = len(self.rows), Image(x.terms, self)
        for symbol in [s for s in image.terms if s in self.known]:
            c = image.terms.pop(symbol)
            image = image + self.known[symbol] * c
        fresh = {s: c for s, c in image.terms.items() if s[0] == "z"}
        if self.used & fresh.keys():
            raise NotLinear("a draw of noise that was used before together with another")
        rest = Image({s: c for s, c in image.terms.items() if s[0] != "z"}, self)
        noise = math.hypot(*fresh.values()) if len(fresh) > 1 else sum(fresh.values())
        if len(fresh) == 1:
            # Later rows find the draw in this row's state.
            symbol = next(iter(fresh))
            self.known[symbol] = (Image({("x", i): 1.0}, self) - rest) / noise
        self.used |= fresh.keys() if len(fresh) > 1 else set()
        row = {"sigma": sigma}
        row.update({"prior": rest.terms[PRIOR]} if PRIOR in rest.terms else {})
        row.update({"noise": noise} if noise else {})
        for kind in ("x", "D"):
            terms = {str(j): c for (k, j), c in sorted(rest.terms.items()) if k == kind}
            row.update({kind: terms} if terms else {})
        return row


def trace(function, sigmas, options):
    """The rows of function(model, x, sigmas, **options)."""
    run = Trace()
    levels = torch.tensor(sigmas, dtype=torch.float64) if torch is not None else list(sigmas)
    options = dict(options)
    parameters = inspect.signature(function).parameters
    if "noise_sampler" in parameters:
        options.setdefault("noise_sampler", run.brownian)
    if "disable" in parameters:
        options.setdefault("disable", True)
    sample = function(run.model, Image({PRIOR: float(sigmas[0])}, run), levels, **options)
    if not isinstance(sample, Image):
        raise NotLinear(f"a sample of type {type(sample).__name__}")
    return run.rows + [run.row(sample, float(sigmas[-1]))]


def load(name):
    where, _, function = name.rpartition(":")
    if where.endswith(".py"):
        sys.path.insert(0, os.path.dirname(os.path.abspath(where)))
        spec = importlib.util.spec_from_file_location("traced", where)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    else:
        module = importlib.import_module(where)
    return getattr(module, function)


def value(text):
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sampler", metavar="MODULE:FUNCTION")
    parser.add_argument("--sigmas", required=True, metavar="LIST", help="noise levels from high to low, separated by commas")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="an argument of the function")
    parser.add_argument("--source", default="", help="where the method was published")
    parser.add_argument("--dest", required=True, metavar="FILE.sampler.json")
    arguments = parser.parse_args()
    if os.path.exists(arguments.dest):
        sys.exit(f"{arguments.dest}: exists; take another name")
    options = dict(item.split("=", 1) for item in arguments.set)
    sigmas = [float(sigma) for sigma in arguments.sigmas.split(",")]
    try:
        rows = trace(load(arguments.sampler), sigmas, {name: value(text) for name, text in options.items()})
    except NotLinear as error:
        sys.exit(f"{arguments.sampler}: cannot be traced: it uses {error}")
    file = {
        "format": "diffusharp-sampler", "version": 1, "solver": arguments.sampler.rpartition(":")[2],
        "source": arguments.source or f"traced from {os.path.basename(arguments.sampler)}", "options": {"sigmas": arguments.sigmas, **options},
        "nfe": len(rows) - 1, "rows": rows,
    }
    with open(arguments.dest, "x", encoding="utf-8") as stream:
        json.dump(file, stream, indent=1)
        stream.write("\n")
    print(f"{arguments.dest}: {file['solver']}, NFE {file['nfe']}")


if __name__ == "__main__":
    main()
