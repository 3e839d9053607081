"""Staff block or warn about the hosts of links; a page warns people before they leave."""
