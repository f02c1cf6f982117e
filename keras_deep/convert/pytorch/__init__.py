"""Reading the files of PyTorch and NumPy without PyTorch."""
