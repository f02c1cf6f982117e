"""Exports models for serving, loads them and predicts."""

from keras_deep.export.saved_model import saved_model
