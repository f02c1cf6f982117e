"""Running the network that weights come from, where it is installed.

This module imports neither Keras nor what computes for it: a process that is
there to run a library of PyTorch has nothing else in it.
"""

import importlib.util

import numpy as np

_OPENCV = (
    "pip install 'opencv-python-headless<5'. Without it pass outputs that "
    "`record` stored elsewhere."
)


def installed(module):
    """Returns whether a package can be imported, without importing it."""
    return importlib.util.find_spec(module) is not None


def run_pytorch(module, layers, images):
    """Runs a PyTorch module and records the outputs of its layers.

    Args:
        module: `torch.nn.Module`; it is set to evaluation mode.
        layers: iterable of names of modules inside it.
        images: float32 array `(n, height, width, channels)`.

    Returns:
        Dict of the names to arrays, channels first.
    """
    import torch

    known, outputs, hooks = dict(module.named_modules()), {}, []

    def keep(name):
        # A copy, as a following ReLU may work in place.
        return lambda module, inputs, output: outputs.__setitem__(
            name, output.detach().clone().cpu().numpy()
        )

    for name in layers:
        if name in known:
            hooks.append(
                _before_activation(known[name]).register_forward_hook(
                    keep(name)
                )
            )
    module.eval()
    try:
        with torch.no_grad():
            module(torch.from_numpy(images.transpose(0, 3, 1, 2).copy()))
    finally:
        for hook in hooks:
            hook.remove()
    return outputs


def _before_activation(module):
    """Returns the part of a timm module that computes its ReLU's input."""
    return getattr(module, "drop", module) if hasattr(module, "act") else module


def require_opencv():
    """Raises an `ImportError` with the way out if OpenCV is missing."""
    if not installed("cv2"):
        raise ImportError(
            f"Expected OpenCV, to run a Caffe net. Received: none. {_OPENCV}"
        )


def run_caffe(prototxt, caffemodel, layers, images):
    """Runs a Caffe net with OpenCV and records the outputs of its layers.

    OpenCV deviates from Caffe in some layers: it swaps two inputs of Axpy,
    ignores `k` and the default `alpha` of LRN, and refuses BN, Bias and
    Interp with two inputs.

    Args:
        prototxt: path.
        caffemodel: path.
        layers: iterable of layer names.
        images: float32 array `(n, height, width, channels)`.

    Returns:
        Dict of the names to arrays, channels first.

    Raises:
        ImportError: if OpenCV is not installed, or reads no Caffe nets.
    """
    require_opencv()
    import cv2

    if not hasattr(cv2.dnn, "readNetFromCaffe"):
        raise ImportError(
            "Expected an OpenCV that reads Caffe nets, before version 5. "
            f"Received: version {cv2.__version__}. {_OPENCV}"
        )
    net = cv2.dnn.readNetFromCaffe(str(prototxt), str(caffemodel))
    # Fused layers have no output of their own.
    net.enableFusion(False)
    net.enableWinograd(False)  # Less exact.
    net.setInput(np.ascontiguousarray(images.transpose(0, 3, 1, 2)))
    known = set(net.getLayerNames())
    wanted = [name for name in dict.fromkeys(layers) if name in known]
    return dict(zip(wanted, map(np.array, net.forward(wanted))))


def library_network(library, name, classes):
    """Builds a network of a library of PyTorch, with initial weights.

    Args:
        library: string, `"torchvision"`, `"timm"` or `"pytorchcv"`.
        name: string, the network there.
        classes: int.

    Returns:
        `torch.nn.Module`.
    """
    if library == "torchvision":
        from torchvision.models import get_model

        return get_model(name, weights=None, num_classes=classes)
    if library == "timm":
        import timm

        return timm.create_model(name, num_classes=classes)
    from pytorchcv.model_provider import get_model

    return get_model(name, num_classes=classes)
