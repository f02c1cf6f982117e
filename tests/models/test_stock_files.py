"""Files open with Keras alone, and with the package as what they were."""

import copy
import functools
import json
import pickle

import keras
import numpy as np
import pytest

import keras_deep
from keras_deep import layers
from keras_deep.convert.caffe.keras_layers import CaffeLRN
from keras_deep.layers import BatchNormalization
from keras_deep.layers import Dropout
from keras_deep.layers import GroupedConv2D
from keras_deep.layers import residual
from keras_deep.layers.carrying import CARD_KEY
from keras_deep.layers.names import flat_layers
from keras_deep.layers.needs_package import NeedsPackage
from keras_deep.layers.position import Stage
from keras_deep.layers.stock_named import StockNamed
from tests.support import stacks
from tests.support.keras_alone import keras_alone
from tests.support.small import small_model

SHAPE = (32, 32, 3)
FAST = (BatchNormalization, GroupedConv2D, Dropout)


def compiled(model):
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def data(model):
    rng = np.random.default_rng(0)
    x = rng.standard_normal((4, *SHAPE)).astype("float32")
    return x, np.arange(4) % model.output_shape[-1]


def trained(model):
    model.train_on_batch(*data(model))
    return model


def flat():
    """Each of the fast layers once, and the state of an optimizer."""
    inputs = keras.Input(SHAPE)
    x = keras.layers.Conv2D(8, 3, strides=4)(inputs)
    x = BatchNormalization()(x)
    x = GroupedConv2D(8, 3, groups=2)(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = Dropout(0.0)(x)  # Keras saves no state of random generators.
    x = keras.layers.Dense(3, activation="softmax")(x)
    return trained(compiled(keras.Model(inputs, x)))


def growing():
    """A stack of two blocks, each with a rate of dropout of its own."""
    block = functools.partial(
        residual.block_v1,
        shortcut="A",
        branch=lambda at: residual.basic(at, 0.4 * at.progress),
    )
    inputs = keras.Input((8, 8, 4))
    stages = [Stage(2, 4)]
    return keras.Model(
        inputs, residual.residual_stages(inputs, stages, block, True)
    )


def kinds(model):
    return [type(layer) for layer in flat_layers(model)]


def checkpoint(model, path):
    callback = keras.callbacks.ModelCheckpoint(path)
    model.fit(*data(model), epochs=1, verbose=0, callbacks=[callback])


WRITERS = {
    "model.save": lambda model, path: model.save(path),
    "keras_deep.save": keras_deep.save,
    "ModelCheckpoint": checkpoint,
}
OPENED = """
import json, numpy as np
found = {}
for name in NAMES:
    model = keras.models.load_model(name + ".keras")
    outputs = np.array(model(np.load(name + ".npy")))
    optimizer = getattr(model, "optimizer", None)
    found[name] = {
        "outputs": outputs.tolist(),
        "kinds": sorted({type(x).__module__ for x in model.layers}),
        "state": [float(np.abs(v).sum()) for v in optimizer.variables]
        if optimizer else [],
    }
print(json.dumps(found))
"""


def states(model):
    variables = model.optimizer.variables if model.compiled else []
    return [float(np.abs(v).sum()) for v in variables]


def test_keras_alone_opens_flat_networks_whoever_saved_them(tmp_path):
    saved = {}

    def put(name, model, write):
        write(model, str(tmp_path / f"{name}.keras"))
        shape = [side or 8 for side in model.input_shape[1:]]
        x = np.random.default_rng(1).standard_normal((2, *shape))
        np.save(tmp_path / f"{name}.npy", x.astype("float32"))
        saved[name] = (model, np.asarray(model(x)))

    for name, write in WRITERS.items():
        put(name, flat(), write)
    network = small_model("SEResNeXt")
    assert CARD_KEY in network.to_json()
    put("a network", network, keras_deep.save)
    stacked = growing()
    put(
        "a copy of a stack",
        keras_deep.unstacked(stacked),
        WRITERS["model.save"],
    )
    block = stacks.stacks_in(stacked)[0].get_block(1)
    put("a block of a stack", block, WRITERS["model.save"])
    names = f"NAMES = {list(saved)}\n"
    found = json.loads(keras_alone(names + OPENED, tmp_path))
    for name, (model, outputs) in saved.items():
        one = found[name]
        np.testing.assert_allclose(one["outputs"], outputs, 1e-4, 1e-5)
        assert all(kind.startswith("keras.src.") for kind in one["kinds"])
        np.testing.assert_allclose(one["state"], states(model), 1e-6)


def through_a_file(load, model, folder):
    model.save(folder / "a.keras")
    return load(folder / "a.keras")


WAYS = {
    "load_model": functools.partial(through_a_file, keras.models.load_model),
    "keras_deep.load": functools.partial(through_a_file, keras_deep.load),
    "deepcopy": lambda model, folder: copy.deepcopy(model),
    "pickle": lambda model, folder: pickle.loads(pickle.dumps(model)),
}


@pytest.mark.parametrize("way", WAYS)
def test_with_the_package_copies_have_the_fast_layers(way, tmp_path):
    model = flat()
    other = WAYS[way](model, tmp_path)
    assert kinds(other) == kinds(model)
    assert all(any(issubclass(x, k) for x in kinds(other)) for k in FAST)
    np.testing.assert_allclose(states(other), states(model), 1e-6)
    trained(model)
    trained(other)
    for ours, theirs in zip(other.get_weights(), model.get_weights()):
        np.testing.assert_array_equal(ours, theirs)


def test_configs_and_json_give_the_fast_layers_too():
    model = flat()
    for other in (
        keras.models.clone_model(model),
        keras.Model.from_config(model.get_config()),
        keras.models.model_from_json(model.to_json()),
    ):
        assert kinds(other) == kinds(model)


@pytest.mark.parametrize(
    "layer",
    [
        BatchNormalization,
        functools.partial(GroupedConv2D, 4, 3, groups=2),
        functools.partial(Dropout, 0.3),
    ],
    ids=["norm", "conv", "dropout"],
)
@pytest.mark.parametrize(
    "way",
    [
        copy.deepcopy,
        lambda layer: pickle.loads(pickle.dumps(layer)),
        lambda layer: keras.layers.deserialize(keras.layers.serialize(layer)),
    ],
    ids=["deepcopy", "pickle", "serialize"],
)
def test_a_layer_by_itself_is_copied_as_what_it_is(layer, way):
    layer = layer()
    layer.build((2, 4, 4, 4))
    other = way(layer)
    assert type(other) is type(layer)
    assert other.get_config() == layer.get_config()


@pytest.mark.parametrize("way", ["load_model", "keras_deep.load"])
def test_templates_of_stacks_have_the_fast_layers(way, tmp_path):
    model = growing()
    other = WAYS[way](model, tmp_path)
    ours, theirs = (
        kinds(stacks.stacks_in(one)[0].get_template()) for one in (other, model)
    )
    assert ours == theirs and BatchNormalization in ours and Dropout in ours


def stock():
    """A network of others, of the layers that ours have the names of."""
    inputs = keras.Input(SHAPE)
    x = keras.layers.Conv2D(4, 3)(inputs)
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.Dropout(0.5)(x)
    return keras.Model(inputs, x)


@pytest.mark.parametrize("way", WAYS)
def test_files_of_others_stay_stock(way, tmp_path):
    model = stock()
    assert kinds(WAYS[way](model, tmp_path)) == kinds(model)


@pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5")
def test_older_formats_of_others_stay_stock(tmp_path):
    model = stock()
    model.save(tmp_path / "a.h5")
    loaded = keras.models.load_model(tmp_path / "a.h5")
    assert kinds(loaded) == kinds(model)


def test_a_class_of_the_same_name_is_its_owners(tmp_path):
    theirs = type("Dropout", (keras.layers.Dropout,), {"__module__": "theirs"})
    inputs = keras.Input(SHAPE)
    model = keras.Model(inputs, theirs(0.5)(inputs))
    model.save(tmp_path / "a.keras")
    loaded = keras.models.load_model(
        tmp_path / "a.keras", custom_objects={"Dropout": theirs}
    )
    assert type(loaded.layers[-1]) is theirs


def test_a_class_made_of_ours_is_no_layer_of_keras(tmp_path):
    theirs = keras.saving.register_keras_serializable("theirs")(
        type("Norm", (BatchNormalization,), {"__module__": "theirs"})
    )
    inputs = keras.Input(SHAPE)
    model = keras.Model(inputs, theirs()(inputs))
    assert (theirs.__module__, theirs.__name__) == ("theirs", "Norm")
    for way in WAYS.values():
        assert kinds(way(model, tmp_path)) == kinds(model)
    keras_deep.save(model, tmp_path / "b.keras", portable=True)
    loaded = keras.models.load_model(tmp_path / "b.keras")
    assert kinds(loaded) == kinds(model)


NEEDING = {
    "a stack": (growing, ["pip install keras_deep", "portable=True"]),
    "stochastic depth": (
        lambda: one_layer(layers.StochasticDepth(0.5, "sample")),
        ["pip install keras_deep"],
    ),
    "another size": (
        lambda: one_layer(layers.Resize(4)),
        ["pip install keras_deep"],
    ),
    "parts": (
        lambda: one_layer(layers.Split([1])),
        ["pip install keras_deep"],
    ),
    "a Caffe net": (
        lambda: one_layer(CaffeLRN()),
        ["pip install keras_deep"],
    ),
}
REFUSED = """
for name in NAMES:
    try:
        keras.models.load_model(name + ".keras")
    except TypeError as error:
        print(name + ": " + str(error)[-1000:].replace("\\n", " "))
"""


def one_layer(layer):
    inputs = keras.Input(SHAPE)
    return keras.Model(inputs, layer(inputs))


def test_what_needs_the_package_says_so_at_the_end_of_the_error(tmp_path):
    for name, (build, _) in NEEDING.items():
        build().save(tmp_path / f"{name}.keras")
        loaded = keras.models.load_model(tmp_path / f"{name}.keras")
        assert kinds(loaded) == kinds(build())
    names = f"NAMES = {list(NEEDING)}\n"
    lines = keras_alone(names + REFUSED, tmp_path).splitlines()
    assert len(lines) == len(NEEDING)
    for line, (name, (_, advice)) in zip(lines, NEEDING.items()):
        assert line.startswith(name), line
        assert all(words in line for words in advice), line


def test_every_layer_of_the_package_is_stock_or_says_what_it_needs():
    found = {
        name: kind
        for name, kind in keras.saving.get_custom_objects().items()
        if name.startswith("keras_deep>") and issubclass(kind, keras.Layer)
    }
    # The layer of many rates stands inside of stacks only.
    assert found.pop("keras_deep>Dropout") is Dropout
    assert len(found) > 10
    for name, kind in found.items():
        assert issubclass(kind, (NeedsPackage, StockNamed)), name
