"""The rules' part in `pipeline.CHECKS`."""

from collections.abc import Sequence

from messaging.message_checks import Check
from messaging.records import Attempt
from messaging.shield.pictures import with_files
from trato.realtime.database import run_in_database_thread

from . import snapshot
from .deciding import decide
from .pictures import read_codes


class RulesCheck(Check):
    """Holds, questions or refuses messages, as the rules say.

    An innocent message costs one check of its text. A batch with suspicious ones costs one call to
    a database thread, and so does a batch with files.
    """

    def check(self, attempt: Attempt) -> None:
        if is_exempt(attempt):
            return
        rules = snapshot.fresh() or snapshot.load()
        read_codes([attempt])
        if rules.fires(with_files(attempt.body, attempt.codes, attempt.captions)):
            decide(rules, [attempt])
            if attempt.refusal is not None:
                raise attempt.refusal

    async def check_many(self, attempts: Sequence[Attempt]) -> None:
        rules = snapshot.fresh()
        if rules is None:
            rules = await run_in_database_thread(snapshot.load)
        judged = [one for one in attempts if not is_exempt(one)]
        if any(one.files for one in judged):
            await run_in_database_thread(read_codes, judged)
        firing = [
            one for one in judged if rules.fires(with_files(one.body, one.codes, one.captions))
        ]
        if firing:
            await run_in_database_thread(decide, rules, firing)


def is_exempt(attempt: Attempt) -> bool:
    """Whether no rule applies: the message is automatic, or staff have released it."""
    return attempt.is_automatic or attempt.released is not None
