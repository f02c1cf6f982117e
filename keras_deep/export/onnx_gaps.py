"""What tf2onnx cannot convert by itself."""

import contextlib

import keras
import numpy as np

from keras_deep.layers.statistics import single_layers


@contextlib.contextmanager
def held_as_arrays(model):
    """Lets layers hold arrays where they hold tensors, in the `with` block.

    What `keras.layers.Normalization` multiplies by, and others hold, is no
    variable, and tf2onnx takes it for an input of the model. An array becomes
    a constant.
    """
    places = [
        (vars(layer), name, value)
        for layer in single_layers(model)
        for name, value in vars(layer).items()
        if keras.ops.is_tensor(value)
    ]
    try:
        for attributes, name, value in places:
            attributes[name] = keras.ops.convert_to_numpy(value)
        yield
    finally:
        for attributes, name, value in places:
            attributes[name] = value


def add_operations():
    """Tells tf2onnx of operations that ONNX has in other words."""
    from tf2onnx.handler import tf_op

    tf_op("Erfc")(_Erfc)


class _Erfc:
    """`1 - Erf(x)`, which Keras's GELU is made of."""

    @classmethod
    def version_9(cls, graph, node, **kwargs):
        (output,) = node.output
        dtype, shape = graph.get_dtype(output), graph.get_shape(output)
        one = graph.make_const(f"{node.name}_one", np.array(1, "float32"))
        graph.remove_node(node.name)
        erf = graph.make_node("Erf", node.input, shapes=[shape], dtypes=[dtype])
        graph.make_node(
            "Sub",
            [one.output[0], erf.output[0]],
            outputs=[output],
            name=node.name,
            shapes=[shape],
            dtypes=[dtype],
        )
