"""What the people who run the site see of it: counts and log lines."""
