"""Staff decisions: record the reasons, carry the decision out, and notify the person."""
