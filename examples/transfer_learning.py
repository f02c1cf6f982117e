"""Trains a new classifier on the features of a trained network.

Command: python examples/transfer_learning.py runs/quickstart/best.keras
Takes:   about 20 s on 2 cores, after tools/quickstart
Result:  the accuracy of classifying digits as even or odd, about 0.98
"""

import argparse

import keras

import keras_deep


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", help="A .keras file trained on digits.")
    parser.add_argument("--epochs", type=int, default=5)
    arguments = parser.parse_args()
    keras.utils.set_random_seed(0)  # Makes the result reproducible.
    digits = keras_deep.data.load("digits", seed=0, augment=None)

    trained = keras_deep.load(arguments.model)
    backbone = keras.Model(trained.input, trained.get_layer("avg_pool").output)
    backbone.trainable = False
    x = keras.layers.Dense(1, "sigmoid", name="odd")(backbone.output)
    model = keras.Model(backbone.input, x)
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])

    def odd(images, labels):
        return images, labels % 2

    train = digits.train.map(odd)  # Shuffled already.
    model.fit(train, epochs=arguments.epochs, shuffle=False, verbose=2)
    _, accuracy = model.evaluate(digits.test.map(odd), verbose=0)
    print(f"accuracy of even or odd: {accuracy:.4f}")


if __name__ == "__main__":
    main()
