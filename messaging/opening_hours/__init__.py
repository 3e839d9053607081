"""A shop's opening hours: hours for each weekday, and days off.

Other features get a `Schedule` from `queries.schedule_of`, and ask it. A shop without hours is
always open.
"""
