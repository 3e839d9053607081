"""Compare texts to find those that are nearly the same. Pure functions that store nothing."""
