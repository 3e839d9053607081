"""People of the other shop: without a role, with names and addresses in fields of other names."""
