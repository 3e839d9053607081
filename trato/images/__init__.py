"""Pictures that people upload: decode and re-encode them in a limited process, in turn."""
