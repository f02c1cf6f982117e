"""Reading the checkpoints of PyTorch without PyTorch."""
