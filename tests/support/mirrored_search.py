"""Searches on one device and on two; prints the trials of both as JSON.

Its word is an empty folder.
"""

import json
import pathlib
import sys

import tensorflow as tf

from tests.support.searches import scores
from tests.support.searches import search
from tests.support.searches import write_images


def main(folder):
    cpu = tf.config.list_physical_devices("CPU")[0]
    two = [tf.config.LogicalDeviceConfiguration()] * 2
    tf.config.set_logical_device_configuration(cpu, two)
    folder = pathlib.Path(folder)
    images = write_images(folder / "images.npz")
    settings = {"tuner": "hyperband", "trials": 4, "epochs": 3}
    found = []
    one = tf.distribute.OneDeviceStrategy("CPU:0")
    for strategy in (one, tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])):
        output = folder / type(strategy).__name__
        result = search(images, output, strategy=strategy, **settings)
        found.append(scores(result))
    print(json.dumps(found))


main(sys.argv[1])
