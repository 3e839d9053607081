"""Rate limits: how often a person may do something."""
