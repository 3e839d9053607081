"""`make bench`: how fast Trato is, beside a naive rival, on the same machine in the same run."""
