"""What the site's operators see: metrics and log lines."""
