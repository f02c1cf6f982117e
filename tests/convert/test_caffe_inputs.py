"""What goes into a Caffe network: inputs, data layers, older files."""

import numpy as np
import pytest

from keras_deep.convert.caffe.graph import caffe_to_keras
from keras_deep.formats.caffe.reader import read_caffe
from tests.convert.test_caffe_graph import INPUT
from tests.convert.test_caffe_graph import names
from tests.convert.test_caffe_graph import relu
from tests.support.caffe_writer import blob
from tests.support.caffe_writer import v1_layer

TRAINING = """
layer { name: "data" type: "Data" top: "data" top: "label"
  include { phase: TRAIN } data_param { source: "lmdb" } }
layer { name: "data" type: "Data" top: "data" top: "label"
  include { phase: TEST } data_param { source: "lmdb" } }
layer { name: "noise" type: "Dropout" bottom: "data" top: "data"
  include { phase: TRAIN } }
layer { name: "stage" type: "ReLU" bottom: "data" top: "data"
  include { stage: "deploy" } }
layer { name: "level" type: "ReLU" bottom: "data" top: "data"
  exclude { min_level: 1 } exclude { phase: TEST max_level: 0 } }
layer { name: "fc" type: "InnerProduct" bottom: "data" top: "fc"
  inner_product_param { num_output: 5 } exclude { phase: TRAIN } }
layer { name: "labels" type: "Slice" bottom: "label" top: "l1" top: "l2" }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "fc" bottom: "l1" }
layer { name: "accuracy" type: "Accuracy" bottom: "fc" bottom: "l2" }
layer { name: "rest" type: "Silence" bottom: "l2" }
"""


def test_training_network_gives_the_scores(build):
    model = build(TRAINING, input_shape=(6, 4, 2))
    assert names(model) == ["data", "fc_flat_order_1", "fc_flat", "fc"]
    assert model.input_shape == (None, 6, 4, 2)
    assert model.output_shape == (None, 5)


def test_training_network_needs_the_shape_of_the_data(build):
    with pytest.raises(ValueError, match=r"pass `input_shape=\(height, .*line"):
        build(TRAINING)


def test_training_network_equals_the_deployed_one(shared):
    folder = shared / "data" / "checkpoints" / "caffe"
    stem = folder / "junyuseu_res20_aug"
    weights = f"{stem}.caffemodel"
    deployed = caffe_to_keras(f"{stem}_deploy.prototxt", weights)
    trained = caffe_to_keras(
        f"{stem}_train_test.prototxt", weights, input_shape=(32, 32, 3)
    )
    x = np.random.default_rng(0).standard_normal((2, 32, 32, 3))
    np.testing.assert_array_equal(deployed(x), trained(x))


V1_NET = """
input: "data" input_dim: 1 input_dim: 1 input_dim: 28 input_dim: 28
layers { name: "conv1" type: CONVOLUTION bottom: "data" top: "conv1"
  blobs_lr: 1 blobs_lr: 2 weight_decay: 1 weight_decay: 0
  convolution_param { num_output: 20 kernel_size: 5 } }
layers { name: "pool1" type: POOLING bottom: "conv1" top: "pool1"
  pooling_param { pool: MAX kernel_size: 2 stride: 2 } }
layers { name: "conv2" type: CONVOLUTION bottom: "pool1" top: "conv2"
  convolution_param { num_output: 50 kernel_size: 5 } }
layers { name: "pool2" type: POOLING bottom: "conv2" top: "pool2"
  pooling_param { pool: MAX kernel_size: 2 stride: 2 } }
layers { name: "ip1" type: INNER_PRODUCT bottom: "pool2" top: "ip1"
  inner_product_param { num_output: 500 } }
layers { name: "relu1" type: 18 bottom: "ip1" top: "ip1" }
layers { name: "ip2" type: INNER_PRODUCT bottom: "ip1" top: "ip2"
  inner_product_param { num_output: 10 } }
layers { name: "prob" type: SOFTMAX bottom: "ip2" top: "prob" }
"""


def test_network_of_the_generation_before(shared, tmp_path, build):
    """LeNet as it was written then, with blobs of four axes."""
    folder = shared / "data" / "checkpoints" / "caffe"
    stem = folder / "lenet_mnist"
    arrays = read_caffe(f"{stem}.caffemodel")
    old = tmp_path / "old.caffemodel"
    numbers = {"Convolution": 4, "InnerProduct": 14}
    old.write_bytes(
        b"".join(
            v1_layer(
                name,
                numbers[arrays.kinds[name]],
                [blob(arrays[f"{name}/{i}"], "legacy") for i in range(2)],
            )
            for name in ("conv1", "conv2", "ip1", "ip2")
        )
    )
    assert read_caffe(old).shape("ip2/1") == (1, 1, 1, 10)
    ours = build(V1_NET, old)
    theirs = caffe_to_keras(f"{stem}.prototxt", arrays)
    assert names(ours)[1:] == names(theirs)[1:]
    x = np.random.default_rng(0).standard_normal((2, 28, 28, 1))
    np.testing.assert_array_equal(ours(x), theirs(x))


def test_several_inputs(build):
    text = (
        'layer { name: "in" type: "Input" top: "a" top: "b" top: "c" '
        "input_param { shape { dim: 1 dim: 3 dim: 8 dim: 8 } "
        "shape { dim: 1 dim: 3 dim: 8 dim: 8 } shape { dim: 1 dim: 4 } } }\n"
        'layer { name: "sum" type: "Eltwise" bottom: "a" bottom: "b" '
        'top: "sum" }'
    )
    model = build(text)
    assert [tensor.name for tensor in model.inputs] == ["a", "b"]
    x = np.ones((1, 8, 8, 3))
    np.testing.assert_array_equal(model([x, 2 * x]), 3 * x)
    model = build(text, input_shape={"a": (4, 4, 3), "b": (4, 4, 3)})
    assert model.output_shape == (None, 4, 4, 3)
    with pytest.raises(ValueError, match=r"a dict .*\['a', 'b'\]"):
        build(text, input_shape=(4, 4, 3))
    with pytest.raises(ValueError, match=r"shapes for \['other'\]"):
        build(text, input_shape={"other": (4, 4, 3)})


@pytest.mark.parametrize(
    "shape", [(8, 8), (8, 8, None), (0, 8, 3), (8.0, 8, 3), ()]
)
def test_input_shape_is_checked(build, shape):
    with pytest.raises(ValueError, match="Expected `input_shape` to be"):
        build(INPUT + relu("r", "data", "r"), input_shape=shape)
