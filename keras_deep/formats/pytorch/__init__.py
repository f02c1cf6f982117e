"""Reads PyTorch checkpoints without PyTorch."""
