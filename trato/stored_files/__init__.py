"""Delete stored files when the rows that name them go, also if the process dies meanwhile."""
