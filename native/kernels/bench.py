"""Developer's timings of the fused operators beside ATen's: python3 bench.py LIBRARY norm|conv|rest THREADS [mallopt]

One thread: median CPU time, which other processes on the machine hardly change. More threads: least wall time.
mallopt raises glibc's mmap and trim thresholds first, so that freed buffers stay with the process.
"""
import ctypes
import sys
import time

import torch
import torch.nn.functional as F

library, what, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
if "mallopt" in sys.argv:
    libc = ctypes.CDLL("libc.so.6")
    assert libc.mallopt(-3, 1 << 30) and libc.mallopt(-1, 2**31 - 1)  # M_MMAP_THRESHOLD, M_TRIM_THRESHOLD
torch.set_num_threads(threads)
torch.ops.load_library(library)
ops = torch.ops.diffusharp
SIZES = [(64, 32, 32, 32), (64, 64, 28, 28), (64, 128, 14, 14), (64, 128, 7, 7), (8, 128, 32, 32), (8, 256, 16, 16), (8, 256, 8, 8)]
clock = time.thread_time if threads == 1 else time.perf_counter


def ms(f, seconds=0.3):
    f()
    f()
    taken, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end or len(taken) < 5:
        start = clock()
        f()
        taken.append(clock() - start)
    taken.sort()
    return f"{1e3 * taken[len(taken) // 2 if threads == 1 else 0]:.3f}"


def gradients(y, leaves, dy):
    return ms(lambda: torch.autograd.grad(y, leaves, dy, retain_graph=True))


def norm(size, layout):
    n, c, h, w = size
    groups = min(32, c // 4)
    x, dy = (torch.randn(size).contiguous(memory_format=layout) for _ in range(2))
    leaves = [v.requires_grad_() for v in (x, torch.randn(n, c), torch.randn(c), torch.randn(c))]

    def ours():
        return ops.group_norm_act(leaves[0], leaves[1], groups, leaves[2], leaves[3], None, None, 1e-6, True)

    def aten():
        return F.silu(F.group_norm(leaves[0] + leaves[1][:, :, None, None], groups, leaves[2], leaves[3], 1e-6))
    with torch.no_grad():
        forward = ms(ours), ms(aten)
    backward = gradients(ours(), leaves, dy), gradients(aten(), leaves, dy)
    return "forward %s / %s" % forward + ", backward %s / %s" % backward


def conv(size, layout):
    n, c, h, w = size
    x, dy = (torch.randn(size).contiguous(memory_format=layout) for _ in range(2))
    leaves = [v.requires_grad_() for v in (x, torch.randn(c, c, 3, 3), torch.randn(c))]
    prepared = ops.conv3x3_prepare(leaves[1])
    with torch.no_grad():
        forward = ms(lambda: ops.conv3x3(*leaves, prepared)), ms(lambda: F.conv2d(*leaves, padding=1))
        prepare = ms(lambda: ops.conv3x3_prepare(leaves[1]))
    y = ops.conv3x3(*leaves, None), F.conv2d(*leaves, padding=1)
    all_three = [gradients(v, leaves, dy) for v in y]
    of_input = [gradients(v, leaves[:1], dy) for v in y]
    of_weight = [gradients(v, leaves[1:2], dy) for v in y]
    return ("forward %s / %s" % forward + f" (prepare {prepare}), dx {' / '.join(of_input)}, dweight {' / '.join(of_weight)}, "
            f"all gradients {' / '.join(all_three)}")


@torch.no_grad()
def rest(size, layout):
    n, c, h, w = size
    x, y = (torch.randn(size).contiguous(memory_format=layout) for _ in range(2))
    weight, b, point = torch.randn(c, c, 3, 3), torch.randn(c), torch.randn(c, c, 1, 1)
    weight_layout = weight.contiguous(memory_format=layout)
    pack = torch.ops.mkldnn_prepacked.conv2d_prepack(weight, b, [1, 1], [1, 1], [1, 1], 1, list(size), "none")
    operators = {
        "conv2d 3x3": lambda: F.conv2d(x, weight, b, padding=1),
        "with weight in the layout of x": lambda: F.conv2d(x, weight_layout, b, padding=1),
        "prepacked": lambda: torch.ops.mkldnn_prepacked.conv2d_run(x, pack),
        "conv2d 1x1": lambda: F.conv2d(x, point, b),
        "1x1 as addmm": lambda: torch.addmm(b, x.permute(0, 2, 3, 1).reshape(-1, c), point.view(c, c).t()),
        "(x+y)*s": lambda: (x + y) * 0.7071,
        "add_ mul_": lambda: x.add_(y).mul_(0.7071),
        "linear_combination": lambda: ops.linear_combination([x, y], [0.7071, 0.7071]),
        "upsample 2x": lambda: F.interpolate(x, scale_factor=2.0, mode="nearest"),
        "mean pool 2x2": lambda: F.avg_pool2d(x, 2),
        "cat": lambda: torch.cat([x, y], 1),
        "copy": lambda: x.clone(),
    }
    if h <= 16:
        q, k, v = (torch.randn(n, h * w, c) for _ in range(3))
        scores = torch.bmm(q, k.transpose(1, 2))
        operators |= {
            "attention": lambda: torch.bmm(torch.softmax(torch.bmm(q, k.transpose(1, 2)) * c**-0.5, -1), v),
            "q k^T": lambda: torch.bmm(q, k.transpose(1, 2)), "softmax": lambda: torch.softmax(scores, -1),
            "p v": lambda: torch.bmm(scores, v),
        }
    return ", ".join(f"{name} {ms(f)}" for name, f in operators.items())


print(what, f"{threads} threads", "mallopt" if "mallopt" in sys.argv else "", "ms, ours / ATen")
for size in SIZES:
    for name, layout in (("channels-last", torch.channels_last), ("contiguous", torch.contiguous_format)):
        if what != "conv" or layout == torch.channels_last:
            print(size, name, {"norm": norm, "conv": conv, "rest": rest}[what](size, layout), flush=True)
