"""Runner and topics of `tools/benchmark`."""
