"""Prints image-table.json: small images enlarged by PyTorch 2.13 and Pillow 9.4, and filtered by SciPy 1.10.

    python3 image-table.py > image-table.json
"""
import json
import numpy as np
import torch
from PIL import Image
from scipy.ndimage import median_filter

r = np.random.default_rng(3)
image = np.round(r.normal(size=(9, 8, 2)), 2)
bands = [image[:, :, b] for b in range(2)]


def pytorch(scale):
    x = torch.tensor(image).permute(2, 0, 1)[None]
    y = torch.nn.functional.interpolate(x, scale_factor=scale, mode="bicubic", align_corners=False)
    return y[0].permute(1, 2, 0).numpy()


def pillow(scale, how):
    size = (image.shape[1] * scale, image.shape[0] * scale)
    return np.stack([np.array(Image.fromarray(b.astype(np.float32)).resize(size, how)) for b in bands], -1)


def flat(x):
    return [float(f"{v:.7g}") for v in np.asarray(x, dtype=np.float64).ravel()]


print(
    json.dumps(
        {
            "shape": image.shape,
            "image": flat(image),
            "pytorch": {s: flat(pytorch(s)) for s in (3,)},
            "bicubic": flat(pillow(3, Image.Resampling.BICUBIC)),
            "lanczos": flat(pillow(2, Image.Resampling.LANCZOS)),
            "median": {k: flat(np.stack([median_filter(b, k) for b in bands], -1)) for k in (3, 5)},
        }
    )
)
