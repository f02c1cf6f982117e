"""Trains small networks in one of several ways; prints their losses as JSON.

    python -m tests.support.parity one|mirrored|multi_worker [EPOCHS [CASE...]]

`mirrored` has two logical devices. In `multi_worker` every process prints.
"""

import dataclasses
import json
import sys

import keras
import numpy as np
import tensorflow as tf

import keras_deep
from keras_deep.training import Trainer
from keras_deep.training import strategy as strategy_of

SHAPE, CLASSES, BATCH, EXAMPLES = (8, 8, 3), 5, 12, 43


@dataclasses.dataclass(frozen=True)
class Case:
    """A network and how it is trained.

    Args:
        network: `"resnet"`, `"densenet"` or `"stacked"`.
        optimizer: `"sgd"`, `"adamw"` or `"lamb"`.
        options: dict of arguments of the optimizer.
        accumulate_steps: int.
        jit_compile: bool. Then the shares are filled up to one size.
        per_replica: bool. Whether batch normalisation has the statistics of
            each replica's share.
        policy: string, a dtype policy.
        steps_per_execution: int.
        overflows: bool. Whether the last image of the first batch is infinite.
        short: int, updates of the last epoch that are left out.
    """

    network: str
    optimizer: str = "sgd"
    options: dict = dataclasses.field(default_factory=dict)
    accumulate_steps: int = 1
    jit_compile: bool = False
    per_replica: bool = False
    policy: str = "float32"
    steps_per_execution: int = 1
    overflows: bool = False
    short: int = 0


_CLIP, _EMA, _DECAY = (
    {"global_clipnorm": 0.5},
    {"use_ema": True, "ema_momentum": 0.9},
    {"weight_decay": 1e-2},
)
_HALF = {"policy": "mixed_bfloat16"}
# What is rounded in another order grows beyond 1e-5 here within 50 steps of
# float32: that it is rounding, these show.
_DOUBLE = {"policy": "float64"}
# Every pair of network, optimizer, feature and precision is in one of them.
CASES = {
    "resnet sgd": Case("resnet"),
    "resnet sgd clip": Case("resnet", options=_CLIP, short=2),
    "densenet sgd accumulate": Case("densenet", accumulate_steps=2, short=1),
    "stacked sgd decay": Case("stacked", options=_DECAY),
    "resnet adamw decay": Case("resnet", "adamw", _DECAY),
    "densenet adamw ema": Case("densenet", "adamw", _EMA, **_DOUBLE),
    "densenet sgd decay": Case("densenet", options=_DECAY, **_DOUBLE),
    "densenet lamb decay": Case("densenet", "lamb", _DECAY, **_DOUBLE),
    "densenet adamw several": Case(
        "densenet", "adamw", _CLIP | _DECAY, 2, **_DOUBLE
    ),
    "stacked adamw clip": Case("stacked", "adamw", {"clipvalue": 0.01}),
    "resnet lamb accumulate": Case("resnet", "lamb", {}, 3),
    "densenet lamb clip": Case("densenet", "lamb", _CLIP),
    "stacked lamb ema": Case("stacked", "lamb", _EMA),
    "stacked sgd accumulate": Case("stacked", "sgd", _EMA, 2),
    "resnet sgd several": Case("resnet", "sgd", _DECAY, steps_per_execution=3),
    "resnet bfloat16": Case("resnet", policy="mixed_bfloat16"),
    "densenet adamw decay": Case("densenet", "adamw", _DECAY),
    "densenet lamb bfloat16": Case("densenet", "lamb", {}, 2, **_HALF),
    "stacked adamw several": Case("stacked", "adamw", _CLIP | _DECAY, 2),
    "resnet lamb ema": Case("resnet", "lamb", _DECAY | _EMA),
    "stacked sgd ema": Case("stacked", "sgd", _CLIP | _EMA),
    "resnet adamw bfloat16": Case("resnet", "adamw", _CLIP, 2, **_HALF),
    "stacked lamb bfloat16": Case("stacked", "lamb", _DECAY | _EMA, **_HALF),
    "stacked xla": Case("stacked", options=_CLIP, jit_compile=True),
    "resnet replica": Case("resnet", per_replica=True),
    # A replica whose gradients are not finite takes back the step of all.
    "stacked float16": Case("stacked", policy="mixed_float16", overflows=True),
}


def build(case):
    """Returns the compiled network of a case."""
    keras.utils.set_random_seed(0)
    # Losses and metrics are of this type.
    double = case.policy == "float64"
    keras.config.set_floatx("float64" if double else "float32")
    keras.config.set_dtype_policy(case.policy)
    common = {
        "input_shape": SHAPE,
        "classes": CLASSES,
        "classifier_activation": None,
    }
    if case.network == "densenet":
        model = keras_deep.DenseNetBC(depth=10, growth_rate=4, **common)
    else:
        stacked = case.network == "stacked"
        model = keras_deep.CifarResNet(
            blocks=(3, 1) if stacked else (1, 1), stack=stacked, **common
        )
    if case.network == "stacked":
        keras_deep.freeze(model, "batch normalisation")
    else:
        for layer in model.layers:
            if isinstance(layer, keras.layers.BatchNormalization):
                layer.synchronized = not case.per_replica
    optimizer = _optimizer(case)
    if case.policy == "mixed_float16":
        # Sums of a whole batch would overflow at a larger scale than shares.
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer, 2.0**7)
    model.compile(
        optimizer,
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        jit_compile=case.jit_compile,
        steps_per_execution=case.steps_per_execution,
    )
    keras.config.set_dtype_policy("float32")
    return model


def _optimizer(case):
    if case.optimizer == "sgd":
        # At a high rate roundings in another order grow from step to step.
        rate = 0.005 if case.policy.startswith("mixed") else 0.05
        return keras.optimizers.SGD(rate, momentum=0.9, **case.options)
    if case.optimizer == "adamw":
        return keras.optimizers.AdamW(1e-3, **case.options)
    return keras_deep.optimizers.LAMB(1e-3, **case.options)


def examples():
    """Returns images and labels."""
    rng = np.random.default_rng(1)
    x = rng.standard_normal((EXAMPLES, *SHAPE)).astype("float32")
    return x, rng.integers(0, CLASSES, EXAMPLES)


def shuffled(case, epoch):
    """Returns the batches of an epoch, the last of which is smaller."""
    x, y = examples()
    order = np.random.default_rng(epoch).permutation(EXAMPLES)
    if case.overflows and epoch == 0:
        x[order[BATCH - 1]] = np.inf
    x = x.astype(keras.config.floatx())
    made = tf.data.Dataset.from_tensor_slices((x[order], y[order]))
    return made.batch(BATCH)


def updates(case):
    """Returns how often an epoch changes the weights."""
    return -(-EXAMPLES // BATCH // case.accumulate_steps)


def train(case, strategy, epochs):
    """Returns the losses, the weights and the outputs of a training."""
    with strategy.scope():
        model = build(case)
    trainer = Trainer(model, strategy, case.accumulate_steps)
    held = tf.data.Dataset.from_tensor_slices(examples()).batch(BATCH)
    history = trainer.fit(
        lambda epoch: shuffled(case, epoch),
        epochs,
        validation_data=held,
        iterations=epochs * updates(case) - case.short,
    ).history
    outputs = trainer.predict(held)
    return {
        **history,
        "updates": int(keras.ops.convert_to_numpy(model.optimizer.iterations)),
        "weights": [float(np.abs(w).sum()) for w in model.get_weights()],
        "outputs": np.asarray(outputs, "float64").tolist(),
    }


def main(kind="one", epochs="3", *names):
    if kind == "mirrored":
        cpu = tf.config.list_physical_devices("CPU")[0]
        two = [tf.config.LogicalDeviceConfiguration()] * 2
        tf.config.set_logical_device_configuration(cpu, two)
    if kind == "one":
        strategy = tf.distribute.get_strategy()
    else:
        devices = ["CPU:0", "CPU:1"] if kind == "mirrored" else None
        strategy = strategy_of(kind, devices)
    for name in names or CASES:
        found = train(CASES[name], strategy, int(epochs))
        print(json.dumps({"case": name, **found}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
