"""Chains of equal blocks that are computed as one layer."""
