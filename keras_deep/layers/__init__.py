"""The layer library: what every architecture is made of."""
