"""Helpers that are independent of networks: errors, files, downloads."""
