"""The networks of bench/src/networks in PyTorch, channels first as its users write them, with their batches."""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import nn


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


class Shape(NamedTuple):
    """What a workload's size follows from."""

    batch: int
    points: int
    channels: int
    width: int
    groups: int = 0
    blocks: int = 0
    reduction: int = 0


SHAPES = {
    "resunet1d": Shape(64, 500, 1, 64),
    "unet2d": Shape(4, 64, 51, 51),
    "rcan": Shape(1, 8, 102, 51, groups=18, blocks=6, reduction=16),
    "unet3d": Shape(1, 32, 1, 32),
}
SMALL_SHAPES = {
    "resunet1d": Shape(2, 20, 1, 4),
    "unet2d": Shape(1, 16, 6, 6),
    "rcan": Shape(1, 2, 16, 8, groups=1, blocks=1, reduction=4),
    "unet3d": Shape(1, 16, 1, 2),
}


def workload(name, small=False):
    """Network, input, target and loss."""
    shapes = SMALL_SHAPES if small else SHAPES
    if name not in shapes:
        raise SystemExit(f"There is no workload {name}.")
    s = shapes[name]
    if name == "resunet1d":
        network = UNet(1, 1, s.width, norm=False, residual=True)
        return network, torch.rand(s.batch, 1, s.points), torch.rand(s.batch, 1, s.points), nn.L1Loss()
    if name == "unet2d":
        network = UNet(2, s.channels, s.width, norm=True, residual=False, classes=6)
        image = (s.points, s.points)
        return network, torch.rand(s.batch, s.channels, *image), torch.randint(0, 6, (s.batch, *image)), nn.CrossEntropyLoss()
    if name == "rcan":
        network = RCAN(s.channels, groups=s.groups, blocks=s.blocks, reduction=s.reduction)
        coarse, fine = (s.points, s.points), (4 * s.points, 4 * s.points)
        return network, torch.rand(s.batch, s.channels, *coarse), torch.rand(s.batch, s.channels, *fine), nn.L1Loss()
    network = UNet(3, 1, s.width, norm=True, residual=False)
    volume = (s.points, s.points, s.points)
    return network, torch.rand(s.batch, 1, *volume), torch.rand(s.batch, 1, *volume), nn.L1Loss()
