"""The matrix of actors and actions: a scene, the actions by what they are about, and the table."""
