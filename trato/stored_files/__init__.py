"""Delete stored files together with the rows that name them, even if the process dies meanwhile."""
