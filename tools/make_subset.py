"""Cut the bundled subset from the official edition: the first 500 training and 100 test images of each class.

    python tools/make_subset.py FOLDER_WITH_THE_OFFICIAL_FILES

Writes the four files and their licence to resnet_gluon/data/fashion_mnist_subset/ and prints their checksums, which
belong into CHECKSUMS of resnet_gluon/data/sources.py. The same input gives the same bytes.
"""
import gzip
import hashlib
import struct
import sys

from resnet_gluon.data import sources

import numpy as np

PER_CLASS = {"train": 500, "t10k": 100}


def idx(array):
    """`array` of uint8 in the IDX format: two zeros, the type, the number of dimensions, the dimensions, the bytes."""
    return struct.pack(f">HBB{array.ndim}i", 0, 8, array.ndim, *array.shape) + array.tobytes()


def main(folder):
    edition, arrays = sources.read_folder(folder)
    if edition != sources.OFFICIAL:
        sys.exit(f"{folder} holds edition {edition}; the subset is cut from {sources.OFFICIAL}")
    for i in (0, 2):
        images, labels = arrays[i:i + 2]
        count = PER_CLASS[sources.FILES[i].split("-")[0]]
        chosen = np.sort(np.concatenate([np.flatnonzero(labels == label)[:count] for label in range(10)]))
        for name, array in zip(sources.FILES[i:i + 2], (images, labels)):
            content = idx(array[chosen])
            (sources.SUBSET_FOLDER / f"{name}.gz").write_bytes(gzip.compress(content, 9, mtime=0))
            print(f'"md5:{hashlib.md5(content).hexdigest()}": {name}, {len(chosen):,} images')


if __name__ == "__main__":
    main(sys.argv[1])
