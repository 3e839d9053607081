"""The tables show missed goals as clearly as met ones."""

from pathlib import Path

from benchmarks import report
from benchmarks.browser import Waits
from benchmarks.closed_loop import Measurement
from benchmarks.dialects import TRATO
from benchmarks.idle import Idle
from benchmarks.measure import Contender, Round
from benchmarks.servers import System
from benchmarks.stages import STAGES

SECONDS = 10.0


def contender(name: str, *, per_second: int, cpu_ms: float, unloaded_ms: float) -> Contender:
    """A contender with the same result in each of its rounds."""

    def played(milliseconds: float) -> Round:
        messages = int(per_second * SECONDS)
        talk = Measurement(SECONDS, [milliseconds / 1000] * messages, 0.1, messages, messages, 0)
        return Round(talk, cpu_ms * messages / 1000)

    system = System(name.split(",")[0], TRATO, "", {}, Path(), [])
    one = Contender(name, system, [], STAGES["daphne"])
    one.loaded = [played(50_000 / per_second)] * 3
    one.unloaded = [played(unloaded_ms)] * 3
    return one


RIVAL = contender("rival, daphne", per_second=100, cpu_ms=12, unloaded_ms=10)


def verdicts(trato: Contender, idles: list[Idle] | None = None) -> dict[str, tuple[str, str]]:
    """Return, by goal, the result and whether it is good enough."""
    rows = [line.strip("| ").split(" | ") for line in report.goals([RIVAL, trato], idles or [])]
    return {row[0]: (row[2], row[3]) for row in rows[2:]}


def test_goals_that_are_met_are_told_so() -> None:
    seen = verdicts(contender("trato, daphne", per_second=4000, cpu_ms=0.4, unloaded_ms=1))
    assert seen["messages/s on one Daphne, × naive"] == ("40.0 ×", "yes")
    assert seen["CPU per message, naive ÷ Trato"] == ("30.0 ×", "yes")
    assert seen["p50 unloaded, naive ÷ Trato"] == ("10.0 ×", "yes")


def test_what_is_missed_is_told_from_what_keeps_above_the_floor() -> None:
    seen = verdicts(contender("trato, daphne", per_second=3900, cpu_ms=2, unloaded_ms=1.8))
    assert seen["messages/s on one Daphne, × naive"] == ("39.0 ×", "no, but above the floor")
    assert seen["CPU per message, naive ÷ Trato"] == ("6.0 ×", "**no**")
    assert seen["p50 unloaded, naive ÷ Trato"] == ("5.6 ×", "no, but above the floor")


def test_memory_and_idle_cpu_are_goals_of_their_own() -> None:
    trato = contender("trato, daphne", per_second=2000, cpu_ms=1, unloaded_ms=2)
    idle = Idle("trato, daphne", {1000: 30.0, 5000: 32.0}, server_cores=0.015, all_cores=0.021)
    seen = verdicts(trato, [idle])
    assert seen["memory per idle socket at 1,000"] == ("30.0 KB", "yes")
    assert seen["memory per idle socket at 5,000"] == ("32.0 KB", "**no**")
    assert seen["CPU with 5,000 idle sockets, all processes"] == ("2.1% of a core", "**no**")


def test_a_busy_machine_is_told_of() -> None:
    assert "busy" in report.machine(load=3.0)
    assert "busy" not in report.machine(load=0.1)


def test_a_step_in_the_browser_has_to_take_less_than_a_second_every_time() -> None:
    for longest, met in ((999.0, "yes"), (1001.0, "**no**")):
        rows = report.goals([], [], [Waits("a message is shown", [20.0, longest, 30.0])])
        assert rows[-1].split(" | ")[-1].strip(" |") == met
