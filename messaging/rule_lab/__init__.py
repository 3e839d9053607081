"""The rule lab: what a shield rule would have done to the messages of recent weeks."""
