"""Converts Caffe's network graphs to Keras models."""
