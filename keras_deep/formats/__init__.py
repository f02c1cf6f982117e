"""Reads arrays and definitions from files without executing any code."""
