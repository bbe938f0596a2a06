"""Turn the weights of a .npz file into the form that the C++ tests read.

Usage: weights_to_binary.py FILE.npz FILE.bin

Layout, little-endian: int32 number of layers; float64 nu (inf for Gaussian noise), mean, std; then
per layer int32 rows, int32 columns, float32 weight[rows][columns], float32 bias[rows].
"""

import struct
import sys

import numpy as np


def main(source, destination):
    data = np.load(source)
    names = sorted((key for key in data if key.endswith(".weight")), key=lambda k: int(k.split(".")[2]))
    nu = float("inf") if str(data["noise"]) == "gaussian" else float(data["nu"])
    with open(destination, "wb") as out:
        out.write(struct.pack("<iddd", len(names), nu, float(data["mean"]), float(data["std"])))
        for name in names:
            weight = data[name]
            out.write(struct.pack("<ii", *weight.shape))
            out.write(weight.astype("<f4").tobytes())
            out.write(data[name.replace("weight", "bias")].astype("<f4").tobytes())


if __name__ == "__main__":
    main(*sys.argv[1:])
