"""The command `keras-deep`: every workflow as one command."""

from keras_deep.cli.app import main
