"""Profiles and drawings of networks."""
