"""`make bench`: measure Trato and a naive implementation on the same machine in one run."""
