"""Writes torch-files.json beside this script: files of torch.save in base64, for the tests. Made with PyTorch 2.13.0 and NumPy 2."""

import base64
import collections
import io
import json
import pathlib

import numpy as np
import torch

files = {}


def put(name, value, protocol=2, legacy=False):
    out = io.BytesIO()
    torch.save(value, out, pickle_protocol=protocol, _use_new_zipfile_serialization=not legacy)
    files[name] = base64.b64encode(out.getvalue()).decode()


x = torch.arange(24, dtype=torch.float32).reshape(4, 6)
views = collections.OrderedDict(
    t=x.t(), part=x[1:3, 2:5], step=x[:, ::2], scalar=x[2, 3], empty=torch.zeros(0, 3), whole=x
)
put("views", views)
put("views-legacy", views, legacy=True)

floats = dict(float16=torch.float16, bfloat16=torch.bfloat16, float32=torch.float32, float64=torch.float64)
integers = dict(int8=torch.int8, int16=torch.int16, int32=torch.int32, int64=torch.int64)
types = {name: torch.tensor([-1.5, 0, 2.25, 1e-3], dtype=t) for name, t in floats.items()}
types |= {name: torch.tensor([-3, 0, 100], dtype=t) for name, t in integers.items()}
types |= {"uint8": torch.tensor([0, 7, 255], dtype=torch.uint8), "bool": torch.tensor([True, False, True])}
for protocol in (2, 3, 4, 5):
    put(f"types-{protocol}", types, protocol)
put("types-legacy", types, legacy=True)

put(
    "plain",
    {
        "none": None,
        "yes": True,
        "no": False,
        "small": 3,
        "negative": -70000,
        "big": 2**40,
        "huge": 2**70,
        "pi": 3.14159,
        "text": "Grüße µm",
        "list": [1, [2, "x"]],
        "tuple": (1, (2,)),
        "size": torch.Size([2, 3]),
        "set": {1, 2},
        "__proto__": {"polluted": True},
        1: "one",
        "bytes": b"\x00\xff",
        "metric": np.float64(0.25),
        "count": np.int64(-7),
        "loss": torch.nn.MSELoss(),
    },
)
put("parameter", {"w": torch.nn.Parameter(torch.ones(2, 2)), "p": torch.nn.Parameter(torch.zeros(1))})
put("module", torch.nn.Sequential(torch.nn.Linear(1, 1)))
put("module-legacy", torch.nn.Linear(1, 1), legacy=True)
put("parallel", {"module.a.weight": torch.ones(2), "module.a.bias": torch.zeros(1)})
torch.serialization.set_crc32_options(False)
put("no-checksums", {"a": torch.arange(3.0)})
torch.serialization.set_crc32_options(True)


def small_unet():
    """A 1-D UNet of two levels as a checkpoint of the original software, with random weights."""
    torch.manual_seed(1)
    state = collections.OrderedDict()

    def unit(name, channels, filters):
        layer = torch.nn.Conv1d(channels, filters, 3)
        state[f"{name}.body.0.weight"], state[f"{name}.body.0.bias"] = layer.weight, layer.bias

    def block(name, channels, middle, filters):
        unit(f"{name}.initial_conv", channels, middle)
        unit(f"{name}.res_conv.0", middle, middle)
        unit(f"{name}.res_conv.1", middle, middle)
        unit(f"{name}.final_conv", middle, filters)

    block("inc", 1, 4, 4)
    block("down_blocks.0.maxpool_conv.1", 4, 8, 8)
    block("up_blocks.0.conv", 12, 4, 4)
    unit("out", 4, 1)
    return {
        "network": collections.OrderedDict((name, value.detach()) for name, value in state.items()),
        "criterion": torch.nn.L1Loss(),
        "train_metrics": {"loss": 0.1},
        "architecture": "UNet",
        "task": "Denoising",
        "normalization": "None",
        "activation": "LeakyReLU",
    }


put("small-unet", small_unet())

path = pathlib.Path(__file__).with_name("torch-files.json")
path.write_text(json.dumps(files, indent=2) + "\n")
