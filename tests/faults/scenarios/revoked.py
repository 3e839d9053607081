"""People lose access while their sockets are open and the others continue to talk."""

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial

from django.conf import settings as site
from django.test import Client as Browser

from accounts.factories import PASSWORD
from accounts.models import User
from catalog.teams import remove_member
from tests.faults.report import Row
from tests.faults.scenario import Form
from tests.faults.stack import Stack, settings
from tests.faults.stage import CALM, SILENCE, Stage, run_in_thread, stage
from tests.rulings import suspend

Cut = Callable[[Stage, str], None]

PATIENT = 8.0  # seconds until silence in the short form, which must pass on a slow machine


async def cut_off(stack: Stack, form: Form) -> AsyncIterator[Row]:
    await stack.serve()
    async with stage(stack) as running:
        yield await _cut_off(running, form, "access taken away", form.pick(PATIENT, SILENCE))


async def cut_off_without_redis(stack: Stack, form: Form) -> AsyncIterator[Row]:
    """Use the product's own times in the long form, and shorter times in the short form."""
    heartbeat, check, promised, how = (
        (20, 30, 60.0, "the product's own times")
        if form.long
        else (2, 4, 2 * PATIENT, "sessions checked every 4 s instead of 30")
    )
    times = settings(SOCKET_HEARTBEAT_SECONDS=heartbeat, SOCKET_SESSION_CHECK_SECONDS=check)
    await stack.serve(times)
    async with stage(stack, heartbeat=heartbeat) as running:
        stack.redis.kill()
        try:
            name = f"access taken away, Redis down ({how})"
            yield await _cut_off(running, form, name, promised)
        finally:
            await asyncio.to_thread(stack.redis.start)


async def _cut_off(running: Stage, form: Form, name: str, promised: float) -> Row:
    """Revoke four people's access, let the others talk, and time when each falls silent."""
    running.talk(pause=form.pick(CALM, 0.25))
    await asyncio.sleep(1)
    cuts: dict[str, Cut] = {
        "shopper0": _log_out,
        "shopper1": _change_password,
        "shopper2": _deactivate,
        "agent1": _leave_shop,
    }
    cut_at = {}
    for person, cut in cuts.items():
        await run_in_thread(partial(cut, running, person))
        cut_at[person] = running.revoke(person, seconds=promised).at
    await asyncio.sleep(promised + 1)
    # The checker notices anything that they still receive.
    await running.settle()
    silence = {}
    for person, at in cut_at.items():
        events = running.history.of("receipt", "ack", "page", "closed")
        heard = [event.at - at for event in events if event.client == person and event.at > at]
        silence[person] = max(heard, default=0.0)
    row = Row.of(
        name,
        await running.judge(),
        list(silence.values()),
        ", ".join(f"{_name(cuts[person])} {s:.2f} s" for person, s in silence.items())
        + f"; recovery: until silence, promised {promised:.0f} s",
    )
    for person in ("shopper0", "shopper1", "shopper2"):
        row.require(running.clients[person].ended, f"{person}'s socket was not closed")
    return row


def _name(cut: Cut) -> str:
    return cut.__name__.strip("_").replace("_", " ")


def _browser(running: Stage, person: str) -> Browser:
    browser = Browser()
    browser.cookies[site.SESSION_COOKIE_NAME] = running.cast.people[person].cookie
    return browser


def _log_out(running: Stage, person: str) -> None:
    _browser(running, person).post("/accounts/logout/")


def _change_password(running: Stage, person: str) -> None:
    """Change the password in another session of the same person, as on another device."""
    browser = Browser()
    browser.force_login(
        User.objects.get(pk=running.cast.people[person].id),
        backend=site.AUTHENTICATION_BACKENDS[0],
    )
    given = {"oldpassword": PASSWORD, "password1": "a-new-Secret-9", "password2": "a-new-Secret-9"}
    answer = browser.post("/accounts/password/change/", given)
    if answer.status_code != 302:
        raise AssertionError("the password was not changed")


def _deactivate(running: Stage, person: str) -> None:
    suspend(running.cast.moderator, running.cast.people[person].id, "for the suite's sake")


def _leave_shop(running: Stage, person: str) -> None:
    shop = running.cast.shops["owner1"]
    owner = shop.memberships.get(role="owner").user
    remove_member(owner, shop.pk, running.cast.people[person].id)
