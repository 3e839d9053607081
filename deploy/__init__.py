"""Configuration for servers, and `cluster`, which runs the same on one machine."""
