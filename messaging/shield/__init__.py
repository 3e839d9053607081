"""The contact shield: finds ways to contact or pay off the site in a text, and common scams.

`messaging.rules` decides what happens to a message in which it finds something.
"""
