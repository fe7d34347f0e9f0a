"""PyTorch's side of `npm run bench -- onednn`: one workload in a process of its own.

    python3 peer.py --workload unet2d --mode train --threads 2 --layout contiguous

It says `{"name", "parameters"}` when it is ready, and then answers each line of its input:

    step     one step; its seconds, and the largest resident set so far in bytes
    product  one square matrix product; seconds and operations

Networks, shapes, losses and optimizer are those of bench/src/networks, channels first as PyTorch has them.
"""

import argparse
import json
import re
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

PRODUCT_SIZE = 2048


def convolution(rank, inputs, outputs, kernel=3):
    return (nn.Conv1d, nn.Conv2d, nn.Conv3d)[rank - 1](inputs, outputs, kernel, padding=kernel // 2)


def batch_norm(rank, channels):
    return (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)[rank - 1](channels)


def unit(rank, inputs, outputs, norm):
    """Convolution, ReLU and, if asked for, batch norm."""
    layers = [convolution(rank, inputs, outputs), nn.ReLU()]
    return nn.Sequential(*layers, batch_norm(rank, outputs)) if norm else nn.Sequential(*layers)


class Block(nn.Module):
    """Two units; with `residual` two more between them, inside a residual connection."""

    def __init__(self, rank, inputs, middle, outputs, norm, residual):
        super().__init__()
        self.first = unit(rank, inputs, middle, norm)
        inner = (unit(rank, middle, middle, norm), unit(rank, middle, middle, norm))
        self.inner = nn.Sequential(*inner) if residual else None
        self.last = unit(rank, middle, outputs, norm)

    def forward(self, x):
        x = self.first(x)
        if self.inner is not None:
            x = self.inner(x) + x
        return self.last(x)


class UNet(nn.Module):
    """Three poolings; `classes` = a pointwise convolution at the end, else one of 3 points to one channel, and a ReLU."""

    def __init__(self, rank, channels, width, norm, residual, classes=None):
        super().__init__()
        self.rank = rank
        widths = [width, 2 * width, 4 * width, 4 * width]
        inputs = [channels, *widths]
        self.down = nn.ModuleList(Block(rank, inputs[i], widths[i], widths[i], norm, residual) for i in range(4))
        self.up = nn.ModuleList()
        for level in (2, 1, 0):
            below = widths[3] if level == 2 else widths[level]
            self.up.append(Block(rank, widths[level] + below, widths[level], widths[max(level - 1, 0)], norm, residual))
        if classes is None:
            self.tail = nn.Sequential(convolution(rank, width, 1), nn.ReLU())
        else:
            self.tail = convolution(rank, width, classes, kernel=1)

    def pool(self, x):
        return (F.max_pool1d, F.max_pool2d, F.max_pool3d)[self.rank - 1](x, 2)

    def enlarge(self, x):
        if self.rank == 2:
            return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=True)
        return F.interpolate(x, scale_factor=2, mode="nearest")

    def fit(self, x, like):
        margins = []
        for have, want in zip(reversed(x.shape[2:]), reversed(like.shape[2:])):
            margins += [(want - have) // 2, want - have - (want - have) // 2]
        return F.pad(x, margins)

    def forward(self, x):
        x = self.down[0](x)
        skips = [x]
        for block in self.down[1:]:
            x = block(self.pool(x))
            skips.append(x)
        skips.pop()
        for block in self.up:
            skip = skips.pop()
            x = block(torch.cat([skip, self.fit(self.enlarge(x), skip)], 1))
        return self.tail(x)


class AttentionBlock(nn.Module):
    """Two convolutions, the result of which is weighted by channel and added to the input."""

    def __init__(self, channels, reduction):
        super().__init__()
        self.first, self.second = convolution(2, channels, channels), convolution(2, channels, channels)
        squeezed = channels // reduction
        self.squeeze = nn.Conv2d(channels, squeezed, 1)
        self.expand = nn.Conv2d(squeezed, channels, 1)

    def forward(self, x):
        y = self.second(F.relu(self.first(x)))
        weights = torch.sigmoid(self.expand(F.relu(self.squeeze(y.mean((2, 3), keepdim=True)))))
        return x + y * weights


class Group(nn.Module):
    def __init__(self, channels, blocks, reduction):
        super().__init__()
        self.blocks = nn.Sequential(*(AttentionBlock(channels, reduction) for _ in range(blocks)))
        self.last = convolution(2, channels, channels)

    def forward(self, x):
        return self.last(self.blocks(x)) + x


class RCAN(nn.Module):
    def __init__(self, channels, doublings=2, groups=18, blocks=6, reduction=16):
        super().__init__()
        half = channels // 2
        stages = []
        for _ in range(doublings):
            stages += [convolution(2, channels, 4 * channels), nn.PixelShuffle(2), nn.BatchNorm2d(channels)]
        self.enlarge = nn.Sequential(*stages, convolution(2, channels, channels))
        self.narrow = convolution(2, channels, half)
        self.groups = nn.Sequential(*(Group(half, blocks, reduction) for _ in range(groups)))
        self.body = convolution(2, half, half)
        self.tail = nn.Sequential(convolution(2, half, half), convolution(2, half, channels))

    def forward(self, x):
        x = self.enlarge(x)
        y = self.narrow(x)
        return self.tail(self.body(self.groups(y)) + y) + x


def workload(name):
    """Network, input, target and loss."""
    if name == "resunet1d":
        network = UNet(1, 1, 64, norm=False, residual=True)
        return network, torch.rand(64, 1, 500), torch.rand(64, 1, 500), nn.L1Loss()
    if name == "unet2d":
        network = UNet(2, 51, 51, norm=True, residual=False, classes=6)
        return network, torch.rand(4, 51, 64, 64), torch.randint(0, 6, (4, 64, 64)), nn.CrossEntropyLoss()
    if name == "rcan":
        return RCAN(102), torch.rand(1, 102, 8, 8), torch.rand(1, 102, 32, 32), nn.L1Loss()
    if name == "unet3d":
        network = UNet(3, 1, 32, norm=True, residual=False)
        return network, torch.rand(1, 1, 32, 32, 32), torch.rand(1, 1, 32, 32, 32), nn.L1Loss()
    raise SystemExit(f"There is no workload {name}.")


def make_step(network, x, target, loss, mode):
    if mode == "infer":
        network.eval()

        def infer():
            with torch.inference_mode():
                network(x)

        return infer

    optimizer = torch.optim.Adam(network.parameters(), lr=1e-4)

    def train():
        optimizer.zero_grad()
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=mode == "bf16"):
            value = loss(network(x), target)
        value.backward()
        optimizer.step()
        value.item()

    return train


def timed(action):
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def product(mode):
    kind = torch.bfloat16 if mode == "bf16" else torch.float32
    a, b = (torch.rand(PRODUCT_SIZE, PRODUCT_SIZE).to(kind) for _ in range(2))
    return {"seconds": timed(lambda: torch.mm(a, b)), "operations": 2 * PRODUCT_SIZE**3}


def peak_rss_bytes():
    with open("/proc/self/status") as status:
        return int(re.search(r"VmHWM:\s+(\d+)", status.read()).group(1)) * 1024


def idle():
    """Waits until this process computes no more: OpenMP's threads wait for more work in a loop."""
    for _ in range(100):
        before = time.process_time()
        time.sleep(0.02)
        if time.process_time() - before < 0.002:
            return


def say(value):
    print(json.dumps(value), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--workload", required=True)
    parser.add_argument("--mode", choices=("train", "bf16", "infer"), required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--layout", choices=("contiguous", "channels_last"), default="contiguous")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)

    network, x, target, loss = workload(options.workload)
    if options.layout == "channels_last":
        network = network.to(memory_format=torch.channels_last)
        x = x.contiguous(memory_format=torch.channels_last)
    step = make_step(network, x, target, loss, options.mode)
    parameters = sum(p.numel() for p in network.parameters())
    say({"name": f"PyTorch {torch.__version__}, {options.layout}", "parameters": parameters})

    for line in sys.stdin:
        if line.strip() == "product":
            answer = product(options.mode)
        else:
            answer = {"seconds": timed(step), "peakRssBytes": peak_rss_bytes()}
        idle()
        say(answer)


main()
