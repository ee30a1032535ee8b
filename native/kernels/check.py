"""Developer's check of the fused operators against ATen's composition: python3 check.py PATH/libdiffusharp_kernels.so

Prints the largest error relative to the largest magnitude of the float64 composition, per operator and output, beside the
same for ATen in float32, and fails where ours is worse than the tolerance or depends on the number of threads.
ATEN_CPU_CAPABILITY=default|avx2|avx512 checks the other instruction sets.
"""
import itertools
import sys

import torch
import torch.nn.functional as F

torch.ops.load_library(sys.argv[1])
ops = torch.ops.diffusharp
TOLERANCE = 2e-6
NAMES = ("y", "x", "add", "weight", "bias", "scale", "shift")
SHAPES = [  # N, C, H, W, groups
    (2, 4, 5, 7, 1), (3, 6, 3, 3, 2), (1, 7, 9, 11, 7), (2, 20, 7, 7, 5), (1, 8, 1, 1, 2), (1, 1, 6, 6, 1), (5, 24, 1, 13, 3),
    (4, 32, 28, 28, 8), (3, 64, 28, 28, 16), (2, 128, 14, 14, 32), (2, 128, 7, 7, 32), (1, 96, 65, 67, 24),
    (2, 256, 16, 16, 32), (2, 1024, 8, 8, 32), (1, 36, 100, 100, 9),
]
LAYOUTS = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}


def compose(x, add, groups, weight, bias, scale, shift, eps, silu):
    h = x if add is None else x + add[:, :, None, None]
    y = F.group_norm(h, groups, weight, bias, eps)
    y = y if scale is None else y * (1 + scale[:, :, None, None])
    y = y if shift is None else y + shift[:, :, None, None]
    return F.silu(y) if silu else y


def evaluate(f, arguments, groups, eps, silu, dy, dtype):
    leaves = [None if a is None else a.detach().to(dtype).requires_grad_() for a in arguments]
    x, add, weight, bias, scale, shift = leaves
    y = f(x, add, groups, weight, bias, scale, shift, eps, silu)
    y.backward(dy.to(dtype))
    return [y.detach()] + [None if a is None else a.grad for a in leaves]


def relative(a, b, least=1e-30):
    return ((a.double() - b).abs().max() / b.abs().max().clamp_min(least)).item()


def check_group_norm():
    worst, aten_worst, cases = dict.fromkeys(NAMES, 0.0), dict.fromkeys(NAMES, 0.0), 0
    options = itertools.product(SHAPES, LAYOUTS.items(), (False, True), (False, True), (False, True), (0.0, 30.0))
    for (n, c, h, w, groups), (layout, fmt), silu, with_add, with_scale, level in options:
        def per_channel(wanted):
            return torch.randn(n, c) if wanted else None
        x = (torch.randn(n, c, h, w) * 3 + level).contiguous(memory_format=fmt)
        arguments = (x, per_channel(with_add), torch.randn(c), torch.randn(c), per_channel(with_scale), per_channel(with_scale))
        dy = torch.randn(n, c, h, w)
        exact = evaluate(compose, arguments, groups, 1e-5, silu, dy, torch.float64)
        aten = evaluate(compose, arguments, groups, 1e-5, silu, dy, torch.float32)
        torch.set_num_threads(1)
        ours = evaluate(ops.group_norm_act, arguments, groups, 1e-5, silu, dy, torch.float32)
        torch.set_num_threads(2)
        again = evaluate(ops.group_norm_act, arguments, groups, 1e-5, silu, dy, torch.float32)
        with torch.no_grad():
            inference = ops.group_norm_act(*arguments[:2], groups, *arguments[2:], 1e-5, silu)
        assert torch.equal(inference, ours[0]) and inference.grad_fn is None
        assert ours[0].stride() == x.stride() and ours[1].stride() == x.stride()
        case = f"{(n, c, h, w)} {groups} groups {layout} silu={silu} add={with_add} scale={with_scale} level={level}"
        for name, a, b, o, reference in zip(NAMES, ours, again, aten, exact):
            if reference is None:
                continue
            assert torch.equal(a, b), f"{name} depends on the number of threads: {case}"
            # A sum over the pixels may cancel in the few channels there are: then its terms' random walk is the magnitude.
            walk = (h * w) ** 0.5
            least = {"y": 1e-3, "x": 1e-3, "add": walk * max(1e-3, exact[1].abs().max().item() / 4)}.get(name, walk)
            error, aten_error = relative(a, reference, least), relative(o, reference, least)
            worst[name], aten_worst[name] = max(worst[name], error), max(aten_worst[name], aten_error)
            assert error < max(TOLERANCE, 2 * aten_error), f"{name} {error:.1e}, ATen {aten_error:.1e}: {case}"
        cases += 1
    print(f"group_norm_act: {cases} cases, largest relative error ours / ATen float32")
    for name in NAMES:
        print(f"  {name:7s} {worst[name]:.1e} / {aten_worst[name]:.1e}")


def check_extremes():
    x = torch.linspace(-200, 200, 4001).view(1, 1, 1, -1).repeat(1, 4, 1, 1)
    spread = x.std(unbiased=False).repeat(4)
    y, u = (ops.group_norm_act(x, None, 1, spread, torch.zeros(4), None, None, 0.0, silu) for silu in (True, False))
    exact = F.silu(u.double())
    error = ((y - exact).abs() / exact.abs().clamp_min(1e-30))[u.abs() < 80].max().item()
    assert error < 2e-7 and (y - exact).abs()[u < -80].max() < 1e-30
    print(f"SiLU alone, |u| < 80: largest relative error {error:.1e}")
    near = 1000 + torch.randn(2, 64, 28, 28) * 1e-1
    for fmt in LAYOUTS.values():
        a = near.contiguous(memory_format=fmt)
        b = ops.group_norm_act(a, None, 16, torch.ones(64), torch.zeros(64), None, None, 1e-6, False)
        reference = F.group_norm(a.double(), 16, eps=1e-6)
        print(f"mean / deviation = 1e4: ours {relative(b, reference):.1e}, ATen {relative(F.group_norm(a, 16, eps=1e-6), reference):.1e}")
    bad = near.clone()
    bad[1, 3, 5, 5] = float("nan")
    out = ops.group_norm_act(bad, None, 16, torch.ones(64), torch.zeros(64), None, None, 1e-6, True)
    assert out[1, :4].isnan().all() and not out[0].isnan().any() and not out[1, 4:].isnan().any()


def check_composition():
    x = torch.randn(2, 8, 5, 5, dtype=torch.float64, requires_grad=True)
    w, b, s = (torch.randn(k, dtype=torch.float64, requires_grad=True) for k in ((8,), (8,), (2, 8)))
    assert torch.autograd.gradcheck(lambda *a: ops.group_norm_act(a[0], a[3], 2, a[1], a[2], a[3], a[3], 1e-5, True), (x, w, b, s))
    half = torch.randn(2, 8, 5, 5, dtype=torch.bfloat16).contiguous(memory_format=torch.channels_last)
    y = ops.group_norm_act(half, None, 2, torch.ones(8), torch.zeros(8), None, None, 1e-5, True)
    assert y.dtype == torch.bfloat16 and y.stride() == half.stride()
    for broken in (lambda: ops.group_norm_act(x, torch.ones(3, 8), 2, w, b, None, None, 1e-5, True),
                   lambda: ops.group_norm_act(x, None, 3, w, b, None, None, 1e-5, True),
                   lambda: ops.group_norm_act(x[0], None, 2, w, b, None, None, 1e-5, True)):
        try:
            broken()
        except RuntimeError as error:
            print("refused:", str(error).splitlines()[0])
        else:
            raise AssertionError("a bad call was accepted")
    xf = x.detach().float().requires_grad_()
    y = ops.group_norm_act(xf, None, 2, w.float(), b.float(), None, None, 1e-5, True)
    try:
        torch.autograd.grad(y.sum(), xf, create_graph=True)
    except RuntimeError as error:
        print("refused:", str(error).splitlines()[0])
    image = torch.randn(1, 8, 1, 1)  # [1,C,1,1] arguments broadcast over the batch
    expanded = ops.group_norm_act(xf, image.expand(2, 8, 1, 1), 2, w.float(), b.float(), None, None, 1e-5, True)
    assert torch.equal(expanded, ops.group_norm_act(xf, image, 2, w.float(), b.float(), None, None, 1e-5, True))
    with torch.inference_mode():
        assert torch.equal(expanded, ops.group_norm_act(xf, image, 2, w.float(), b.float(), None, None, 1e-5, True))


def check_sums():
    worst = 0.0
    for fmt, shape, terms in itertools.product(LAYOUTS.values(), ((2, 3, 5, 7), (4, 64, 33, 31)), (1, 2, 5)):
        for doubles in range(2 ** terms):
            xs = [torch.randn(shape, dtype=torch.float64 if doubles >> k & 1 else torch.float32).contiguous(memory_format=fmt)
                  for k in range(terms)]
            xs[-1] = xs[-1].contiguous()
            cs = torch.randn(terms, dtype=torch.float64).tolist()
            exact = sum(x.double() * c for x, c in zip(xs, cs))
            y = ops.linear_combination(xs, cs)
            assert y.dtype == (torch.float64 if doubles else torch.float32) and y.stride() == xs[0].stride()
            error = relative(y, exact)
            assert error < (1e-15 if doubles else 1e-7), error
            worst = max(worst, error)
            leaves = [x.clone().requires_grad_() for x in xs]
            g = torch.randn(shape)
            ops.linear_combination(leaves, cs).backward(g.to(y.dtype))
            for leaf, c in zip(leaves, cs):
                assert leaf.grad.dtype == leaf.dtype and relative(leaf.grad, g.double() * c) < 1e-7
    print(f"linear_combination: largest relative error {worst:.1e}")


def check_convolution():
    names, worst, aten_worst = ("y", "x", "weight", "bias"), [0.0] * 4, [0.0] * 4
    for n, c, k, h, w in ((16, 32, 32, 9, 7), (3, 64, 96, 28, 28), (8, 96, 64, 14, 14), (16, 128, 128, 7, 7), (8, 256, 128, 16, 16), (8, 36, 64, 27, 26),
                          (1, 33, 64, 65, 2), (2, 64, 48, 15, 15), (4, 3, 64, 8, 8), (1, 64, 64, 4, 4)):
        x = torch.randn(n, c, h, w).contiguous(memory_format=torch.channels_last)
        arguments, dy = (x, torch.randn(k, c, 3, 3) / (3 * c ** 0.5), torch.randn(k)), torch.randn(n, k, h, w)

        def run(f, dtype):
            leaves = [a.detach().to(dtype).requires_grad_() for a in arguments]
            y = f(*leaves)
            return [y.detach(), *torch.autograd.grad(y, leaves, dy.to(dtype))]
        exact = run(lambda *a: F.conv2d(*a, padding=1), torch.float64)
        aten = run(lambda *a: F.conv2d(*a, padding=1), torch.float32)
        torch.set_num_threads(1)
        one = run(lambda *a: ops.conv3x3(*a, None), torch.float32)
        torch.set_num_threads(2)
        two = run(lambda *a: ops.conv3x3(*a, None), torch.float32)
        prepared = ops.conv3x3_prepare(arguments[1])
        with torch.no_grad():
            assert relative(ops.conv3x3(*arguments, prepared), exact[0]) < TOLERANCE
        plain = ops.conv3x3(x, arguments[1], None, prepared)
        assert relative(plain, F.conv2d(x.double(), arguments[1].double(), padding=1)) < TOLERANCE
        assert one[0].is_contiguous(memory_format=torch.channels_last)
        for i, name in enumerate(names):
            assert i > 1 or torch.equal(one[i], two[i]), f"{name} depends on the number of threads: {(n, c, k, h, w)}"
            error, aten_error = relative(two[i], exact[i]), relative(aten[i], exact[i])
            assert error < max(TOLERANCE, 2 * aten_error), f"{name} {error:.1e}, ATen {aten_error:.1e}: {(n, c, k, h, w)}"
            worst[i], aten_worst[i] = max(worst[i], error), max(aten_worst[i], aten_error)
    print("conv3x3: largest relative error ours / ATen float32")
    for name, a, b in zip(names, worst, aten_worst):
        print(f"  {name:7s} {a:.1e} / {b:.1e}")
    x = torch.randn(8, 32, 12, 12).contiguous(memory_format=torch.channels_last).requires_grad_()
    weight = torch.randn(32, 32, 3, 3, requires_grad=True)
    for f in (lambda: ops.conv3x3(x, weight, None, None), lambda: F.conv2d(x, weight, padding=1)):
        (first,) = torch.autograd.grad(f().square().sum(), x, create_graph=True)
        (second,) = torch.autograd.grad(first.square().sum(), weight)
        print(f"  second derivative {second.abs().sum().item():.6e}")


torch.manual_seed(0)
torch.set_num_threads(2)
check_group_norm()
check_extremes()
check_composition()
check_sums()
check_convolution()
print("all passed")
