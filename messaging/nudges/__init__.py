"""A wordless reminder to the other side, once a day, while one waits for its answer."""
