"""The files that `tools/generate` writes from the registry."""
