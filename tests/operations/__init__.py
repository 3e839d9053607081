"""The operators' view of the site: metrics and log lines."""
