"""PyTorch's side of `npm run bench -- onednn`: one workload in a process of its own.

    python3 peer.py --workload unet2d --mode train --threads 2 --layout contiguous

It says `{"name", "parameters"}` when it is ready, and then answers each line of its input:

    step     one step; its seconds, and the largest resident set so far in bytes
    product  one square matrix product; seconds and operations

The networks are those of networks.py beside it.
"""

import argparse
import json
import re
import sys
import time

import torch
from networks import workload

PRODUCT_SIZE = 2048


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
