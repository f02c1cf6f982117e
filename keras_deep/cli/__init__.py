"""The command line `keras-deep`."""

from keras_deep.cli.app import main
