"""Faults of the servers: one module per kind."""

from tests.faults.attack import ATTACKS
from tests.faults.plants import PLANTS
from tests.faults.scenario import Scenario

from . import away, decider, hostile, kill, lossy, planted, postgresql, redis, revoked, sqlite

SCENARIOS = (
    Scenario("no fault", planted.unharmed, in_short=False),
    *(
        Scenario(f"planted {plant}", planted.planted(plant), in_short=plant in planted.SHORT)
        for plant in PLANTS
    ),
    Scenario("servers killed", kill.play),
    Scenario("deciders killed", decider.play),
    Scenario("redis killed", redis.killed, in_short=False),
    Scenario("redis flushed", redis.flushed, in_short=False),
    Scenario("redis paused", redis.paused),
    Scenario("postgresql stopped", postgresql.stopped),
    Scenario("postgresql paused", postgresql.paused, in_short=False),
    Scenario("postgresql exhausted", postgresql.exhausted, in_short=False),
    Scenario("clients away", away.play),
    Scenario("layer lossy", lossy.play),
    # `tests.messaging.test_real_server` has attacks on a single server.
    *(
        Scenario(f"hostile {attack}", hostile.attacked(attack), in_short=False)
        for attack in ATTACKS
    ),
    Scenario("access taken away", revoked.cut_off, in_short=False),
    Scenario("access taken away, Redis down", revoked.cut_off_without_redis),
    Scenario("sqlite", sqlite.play, ground="sqlite"),
)
