"""A checker of the delivery promises, in the manner of Jepsen, and the faults it is run under.

Clients (`client`) write down what they send, are told and receive (`history`). Afterwards that is
held against the database (`truth`) by a pure function (`checker`). The servers, PostgreSQL, Redis
and nginx are real processes that the suite owns (`stack`); `scenarios` break them. `plants` are
defects put into a server on purpose: each must turn the checker red.

    python -m tests.faults              the short form, as in `make test`
    python -m tests.faults --long       the long form, as in `make faults`
    python -m tests.faults redis plant  only scenarios whose names have one of these words
"""
