"""Keras models of the graphs in Caffe's files."""
