"""Newsdesk: from a feed to a mail, with the words that prove it.

Importing the package loads nothing else, so that Airflow's DAG processor can do it cheaply.
"""

__version__ = "0.1.0"
