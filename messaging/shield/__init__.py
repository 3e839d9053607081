"""The contact shield: finds ways to contact or pay off the site in a text, and common scams.

It only says what is in a text. `messaging.rules` decides what happens to the message:
`rules.situations` says in which conversations a telephone number, for example, is allowed;
`rules.deciding`, whether a message with one is sent, questioned, held or refused.
"""
