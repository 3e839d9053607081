"""Time zones to choose from."""

from trato import time_zones


def names(current: str) -> set[str]:
    """Return all zones that somebody can choose."""
    listed: set[str] = set()
    for name, label in time_zones.choices(current):
        listed |= {name} if isinstance(label, str) else {zone for zone, _place in label}
    return listed


def test_a_place_is_listed_once_by_its_name_of_today() -> None:
    zones = names("Europe/Madrid")
    assert zones >= {"UTC", "Europe/Madrid", "Asia/Kolkata", "America/Indiana/Knox"}
    assert not zones & {"Asia/Calcutta", "America/Knox_IN", "Australia/ACT", "Asia/Istanbul"}


def test_somebody_with_an_old_name_keeps_it() -> None:
    assert "Asia/Calcutta" in names("Asia/Calcutta")
