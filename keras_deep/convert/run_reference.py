"""Runs a reference in a process of its own and stores what its layers give.

`python -m keras_deep.convert.run_reference FOLDER` reads the request that
`keras_deep.convert.processes` wrote there. Libraries of PyTorch and TensorFlow
crash where they meet in one process, so nothing here may import Keras.
"""

import json
import pathlib
import sys

import numpy as np

from keras_deep.convert.references import library_network
from keras_deep.convert.references import run_caffe
from keras_deep.convert.references import run_pytorch

REQUEST = "request.json"
WEIGHTS = "weights.npz"
IMAGES = "images.npy"
OUTPUTS = "outputs.npz"


def main(folder):
    """Runs the request in a folder and writes the outputs beside it.

    Args:
        folder: string or path. It holds the request, the images and, for
            PyTorch, the weights in the order of their names in the request.
    """
    folder = pathlib.Path(folder)
    request = json.loads((folder / REQUEST).read_text())
    images = np.load(folder / IMAGES)
    outputs = _run(request, folder, images)
    unfinished = folder / "unfinished.npz"
    write_named(unfinished, outputs)
    unfinished.rename(folder / OUTPUTS)


def _run(request, folder, images):
    if "prototxt" in request:
        files = (request["prototxt"], request["caffemodel"])
        return run_caffe(*files, request["layers"], images)
    import torch

    module = library_network(
        request["library"], request["network"], request["classes"]
    )
    state = {
        name: torch.from_numpy(np.array(array, order="C"))
        for name, array in read_named(folder / WEIGHTS).items()
    }
    _load(module, state, request["partial"])
    return run_pytorch(module, request["layers"], images)


def _load(module, state, partial):
    """Loads a state dict, which may be `partial`: without the classifier."""
    if not partial:
        module.load_state_dict(state)
        return
    missing, unexpected = module.load_state_dict(state, strict=False)
    layers = {name.rpartition(".")[0] for name in missing}
    if unexpected or len(layers) > 1:
        raise ValueError(
            "Expected the weights of all layers but the classifier. Received: "
            f"none of {missing}, and the unknown {unexpected}."
        )


def write_named(path, arrays):
    """Writes a dict of arrays whose names may be any strings.

    Args:
        path: path of the `.npz` file.
        arrays: dict of names to arrays.
    """
    names = np.frombuffer(json.dumps(list(arrays)).encode(), "uint8")
    np.savez(path, names, *arrays.values())


def read_named(path):
    """Returns the dict of arrays that `write_named` wrote."""
    with np.load(path) as stored:
        names = json.loads(stored["arr_0"].tobytes())
        return {n: stored[f"arr_{i}"] for i, n in enumerate(names, 1)}


if __name__ == "__main__":
    main(*sys.argv[1:])
