"""The names of what a rule can look for."""

from typing import get_args

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from messaging.shield.scams import ScamKind

PATTERN = "pattern"  # the kind of everything that a rule's own pattern finds


class Detector(models.TextChoices):
    """The kinds of findings of the shield, see docs/shield.md; contacts first, then scams."""

    PHONE = "phone", _("Telephone number")
    EMAIL = "email", _("Email")
    MESSENGER = "messenger", _("Messenger")
    LINK = "link", _("Link to another site")
    PAYMENT = "payment", _("Payment outside the site")
    IBAN = "iban", _("Bank account")
    FAKE_COURIER = "fake_courier", _("Scam: fake courier page")
    OTHER_MESSENGER = "other_messenger", _("Scam: another messenger first")
    PAY_TO_RECEIVE = "pay_to_receive", _("Scam: pay to receive money")
    OVERPAYMENT = "overpayment", _("Scam: overpayment")
    PREPAID_LABEL = "prepaid_label", _("Scam: prepaid label with a login")
    SMS_CODE = "sms_code", _("Scam: asks for a code from a text message")
    RELEASE_FEE = "release_fee", _("Scam: fee to release a payment")


SCAMS: frozenset[str] = frozenset(get_args(ScamKind))

# What a writer reads after "This looks like".
LOOKS_LIKE: dict[str, Promise] = {
    Detector.PHONE: _("a telephone number"),
    Detector.EMAIL: _("an email"),
    Detector.MESSENGER: _("a messenger account"),
    Detector.LINK: _("a link to another site"),
    Detector.PAYMENT: _("a payment outside the site"),
    Detector.IBAN: _("a bank account"),
    Detector.FAKE_COURIER: _("a fake delivery page"),
    Detector.OTHER_MESSENGER: _("a request to move to another messenger"),
    Detector.PAY_TO_RECEIVE: _("a request to pay in order to receive money"),
    Detector.OVERPAYMENT: _("a payment of more than the price"),
    Detector.PREPAID_LABEL: _("a shipping label that asks for a login"),
    Detector.SMS_CODE: _("a request for a code from a text message"),
    Detector.RELEASE_FEE: _("a fee to release a payment"),
    PATTERN: _("something that isn't allowed here"),
}
