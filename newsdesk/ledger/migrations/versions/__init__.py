"""One module per change, named m and its number."""
