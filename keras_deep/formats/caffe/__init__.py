"""Reads Caffe's networks and weights without Caffe and without protobuf."""
