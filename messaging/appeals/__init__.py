"""My standing: what was decided about a person, and one appeal against each decision."""
