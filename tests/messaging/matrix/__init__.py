"""The matrix of actors and acts: a scene, the acts by what they are about, and the table."""
