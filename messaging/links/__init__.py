"""What staff decide about the hosts that links in messages lead to, and the page before leaving."""
