"""The runner of `tools/benchmark` and its topics."""
