"""When a shop is open: hours for each weekday, and days off.

Other features ask `queries.schedule_of` for a `Schedule`, which knows the rest. A shop without
hours is always open.
"""
