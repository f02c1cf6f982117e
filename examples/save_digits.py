"""Saves some digits of the held-out fifth as image files.

Command: python examples/save_digits.py runs/images --count 3
Takes:   a few seconds
Result:  runs/images/digit_0_is_2.png and so on, named after their labels
"""

import argparse
import pathlib

import numpy as np
from PIL import Image

import keras_deep
from keras_deep.utils.quiet import silence_tensorflow


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=3)
    arguments = parser.parse_args()
    silence_tensorflow()
    digits = keras_deep.data.load("digits", format="numpy", augment=None)
    images, labels = digits.test[0]
    images = images * np.array(digits.std) + np.array(digits.mean)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for i in range(arguments.count):
        pixels = np.rint(images[i, :, :, 0]).clip(0, 255).astype("uint8")
        name = f"digit_{i}_is_{labels[i]}.png"
        Image.fromarray(pixels).save(arguments.folder / name)
        print(arguments.folder / name)


if __name__ == "__main__":
    main()
