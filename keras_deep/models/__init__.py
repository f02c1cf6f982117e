"""The architectures and the registry that lists them."""
