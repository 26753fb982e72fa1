"""Starts the programs of a stack, watches them, and leaves none behind."""
