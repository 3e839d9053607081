"""Pictures that people upload: decoded and re-encoded in a limited process, in turn."""
