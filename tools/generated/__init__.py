"""Content of the files that `tools/generate` writes from the registry."""
