"""Captures all that a training needs to go on exactly, and restores it."""
