"""The command line: one command reads its arguments, calls one function, prints."""

from newsdesk.cli.app import main

__all__ = ["main"]
