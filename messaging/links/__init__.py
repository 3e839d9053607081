"""Staff block or warn of hosts that links lead to; a page warns people before they leave."""
