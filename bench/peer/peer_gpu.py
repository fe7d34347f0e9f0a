"""PyTorch's side of `npm run bench -- gpu`: the networks of networks.py on a graphics card.

    python3 peer_gpu.py [--workload unet2d] [--device cuda] [--small]

It says `{"card", "versions", "software"}` when it is ready, or `{"unavailable"}`, and then answers each line of JSON:

    {"do": "open", "precision", "layout"}            a network and its first steps: their seconds
    {"do": "steps", "count", "precision", "layout"}  that many training steps, waited for together: seconds of one
    {"do": "count", "precision", "layout"}           kernels of one step, and the time that they take
    {"do": "product", "precision"}                   a matrix product: operations and seconds
    {"do": "bandwidth"}                              a copy and an elementwise kernel: bytes and seconds
    {"do": "dispatch"}                               seconds of an operation on one number

Precisions: f32 without TF32 anywhere, tf32 with it in products and convolutions, bf16 under autocast. Layouts: contiguous
(channels first), channels_last. cuDNN tries its algorithms out in the first step (torch.backends.cudnn.benchmark).
"""

import argparse
import json
import os
import sys
import time
import warnings

# Answers alone go to the output: libraries print there, too.
ANSWERS = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def say(value):
    print(json.dumps(value), file=ANSWERS, flush=True)


try:
    import torch
    from networks import workload
except ImportError as error:
    say({"unavailable": f"this Python has no PyTorch ({error})"})
    raise SystemExit(0)

WARM_UPS = 3


def prepare(precision):
    """TF32 belongs to the process, so it is set before whatever is timed."""
    torch.backends.cuda.matmul.allow_tf32 = precision == "tf32"
    torch.backends.cudnn.allow_tf32 = precision == "tf32"


class Side:
    def __init__(self, device, name, small):
        self.device, self.name, self.small = device, name, small
        self.networks = {}

    def finish(self):
        if self.device == "cuda":
            torch.cuda.synchronize()

    def timed(self, count, action):
        """Seconds of one of `count` runs that are waited for together, and of ordering it."""
        self.finish()
        started = time.perf_counter()
        for _ in range(count):
            action()
        ordered = time.perf_counter() - started
        self.finish()
        return {"seconds": (time.perf_counter() - started) / count, "hostSeconds": ordered / count}

    def step(self, precision, layout):
        """A training step of the network in that layout and precision, which is made when it is first asked for."""
        key = (precision, layout)
        if key not in self.networks:
            torch.manual_seed(0)
            network, x, target, loss = workload(self.name, self.small)
            network, x, target = network.to(self.device), x.to(self.device), target.to(self.device)
            if layout == "channels_last":
                network = network.to(memory_format=torch.channels_last)
                x = x.contiguous(memory_format=torch.channels_last)
            optimizer = torch.optim.Adam(network.parameters(), lr=1e-4)

            def train():
                optimizer.zero_grad()
                with torch.autocast(self.device, dtype=torch.bfloat16, enabled=precision == "bf16"):
                    value = loss(network(x), target)
                value.backward()
                optimizer.step()
                return value

            self.networks[key] = network, train
        prepare(precision)
        return self.networks[key]

    def open(self, precision, layout, **_):
        network, train = self.step(precision, layout)
        first = self.timed(1, train)["seconds"]
        warm = [self.timed(1, train)["seconds"] for _ in range(WARM_UPS)]
        value = train().item()
        if value != value or abs(value) == float("inf"):
            raise SystemExit(f"A step came to {value}.")
        parameters = sum(p.numel() for p in network.parameters())
        return {"parameters": parameters, "firstSeconds": first, "warmSeconds": warm}

    def steps(self, precision, layout, count, **_):
        _, train = self.step(precision, layout)
        return self.timed(count, train)

    def count(self, precision, layout, **_):
        _, train = self.step(precision, layout)
        if self.device != "cuda":
            return {"dispatches": None, "deviceSeconds": None, "bytes": None}
        kernels = self.kernels(train)
        return {
            "dispatches": len(kernels) or None,
            "deviceSeconds": sum(kernels) / 1e6 if kernels else None,
            "bytes": None,
        }

    def kernels(self, action):
        """Microseconds of each kernel, copy and fill; none where the driver lets nobody profile."""
        from torch.autograd import DeviceType
        from torch.profiler import ProfilerActivity, profile

        try:
            with profile(activities=[ProfilerActivity.CPU, ProfilerActivity.CUDA]) as taken:
                action()
                self.finish()
        except RuntimeError as error:
            print(f"PyTorch's profiler cannot be used: {error}", file=sys.stderr)
            return []
        # Ranges that the optimizer marks are listed with the kernels inside them.
        return [
            event.time_range.elapsed_us()
            for event in taken.events()
            if event.device_type == DeviceType.CUDA
            and not getattr(event, "is_user_annotation", False)
            and not event.name.startswith("Optimizer.")
        ]

    def product(self, precision, **_):
        prepare(precision)
        size, count = (128, 2) if self.small else (4096, 20)
        kind = torch.bfloat16 if precision == "bf16" else torch.float32
        a, b = (torch.rand(size, size, device=self.device).to(kind) for _ in range(2))
        torch.mm(a, b)
        return {"amount": 2 * size**3, "seconds": self.timed(count, lambda: torch.mm(a, b))["seconds"]}

    def bandwidth(self, **_):
        size, count = (2**20, 2) if self.small else (2**27, 50)
        a, b = (torch.ones(size // 4, device=self.device) for _ in range(2))

        def rate(action):
            action()
            return {"amount": 2 * size, "seconds": self.timed(count, action)["seconds"]}

        return {"copy": rate(lambda: b.copy_(a)), "elementwise": rate(lambda: torch.relu(a))}

    def dispatch(self, **_):
        x = torch.ones(1, device=self.device)
        torch.relu(x)
        count = 50 if self.small else 3000
        return {"empty": None, "smallest": self.timed(count, lambda: torch.relu(x))["seconds"]}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--workload")
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--small", action="store_true")
    options = parser.parse_args()
    warnings.filterwarnings("ignore", message=".*(allow_tf32|TF32).*")
    versions = f"PyTorch {torch.__version__}"
    if options.device == "cuda":
        if not torch.cuda.is_available():
            say({"unavailable": f"{versions} sees no CUDA device"})
            return
        torch.backends.cudnn.benchmark = True
        card = torch.cuda.get_device_name()
        versions += f", CUDA {torch.version.cuda}, cuDNN {torch.backends.cudnn.version()}"
    else:
        card = "the processor"
    say({"card": card, "versions": versions, "software": options.device == "cpu"})

    side = Side(options.device, options.workload, options.small)
    actions = {name: getattr(side, name) for name in ("open", "steps", "count", "product", "bandwidth", "dispatch")}
    for line in sys.stdin:
        request = json.loads(line)
        say(actions[request.pop("do")](**request))


main()
