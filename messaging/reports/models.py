"""Reports to staff, and the people whose reports staff no longer want to see first."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from messaging.fields import HostForeignKey
from trato.fields import MultilineTextField

KINDS = ("message", "conversation", "product", "shop", "person")


def _only(kind: str) -> models.Q:
    """Return the condition that a report is about an item of this kind and no other."""
    return models.Q(**{f"{one}__isnull": one != kind for one in KINDS})


class Report(models.Model):
    """A report to staff about one item: a message, conversation, product, shop or person.

    People report what they see on the site. Visitors without an account can report products and
    shops too: they leave an address, see `visitor_views`. Staff decide in `messaging.moderation`.
    """

    class Kind(models.TextChoices):
        MESSAGE = "message", _("Message")
        CONVERSATION = "conversation", _("Conversation")
        PRODUCT = "product", _("Product")
        SHOP = "shop", _("Shop")
        PERSON = "person", _("Person")

    class Reason(models.TextChoices):
        SCAM = "scam", _("Scam or fraud")
        OFF_PLATFORM = "off_platform", _("Wants to pay or talk elsewhere")
        ABUSE = "abuse", _("Insults or threats")
        SPAM = "spam", _("Spam or advertising")
        COUNTERFEIT = "counterfeit", _("Counterfeit, or somebody else's work")
        FORBIDDEN = "forbidden", _("Forbidden or dangerous goods")
        MISLEADING = "misleading", _("Not what it claims to be")
        PRETENDING = "pretending", _("Pretends to be somebody else")
        CHILD_SAFETY = "child_safety", _("Endangers children")
        ILLEGAL = "illegal", _("Against the law in another way")
        OTHER = "other", _("Something else")

    class Outcome(models.TextChoices):
        UPHELD = "upheld", _("Action taken")
        DISMISSED = "dismissed", _("No action")

    class Done(models.TextChoices):
        """The effect of a decision on the reported item; empty if it had another effect."""

        REMOVED = "removed", _("removed")
        HIDDEN = "hidden", _("taken off sale")
        SUSPENDED = "suspended", _("suspended")
        RESTORED = "restored", _("taken back")

    _WRITTEN = (Reason.SCAM, Reason.OFF_PLATFORM, Reason.ABUSE, Reason.SPAM)
    _SOLD = (Reason.SCAM, Reason.COUNTERFEIT, Reason.FORBIDDEN, Reason.MISLEADING)
    _LAST = (Reason.CHILD_SAFETY, Reason.ILLEGAL, Reason.OTHER)
    # What each kind of item can be reported for, in the order of the form.
    REASONS: ClassVar[dict[str, tuple["Report.Reason", ...]]] = {
        Kind.MESSAGE: (*_WRITTEN, *_LAST),
        Kind.CONVERSATION: (*_WRITTEN, *_LAST),
        Kind.PRODUCT: (*_SOLD, *_LAST),
        Kind.SHOP: (*_SOLD, Reason.PRETENDING, *_LAST),
        Kind.PERSON: (*_WRITTEN, Reason.PRETENDING, *_LAST),
    }

    NEWS_KIND = "report"  # of the reporter's notifications; the subject is a report

    message = models.ForeignKey(
        "messaging.Message",
        on_delete=models.PROTECT,
        related_name="reports",
        null=True,
        blank=True,
        verbose_name=_("message"),
    )
    conversation = models.ForeignKey(
        "messaging.Conversation",
        on_delete=models.PROTECT,
        related_name="reports",
        null=True,
        blank=True,
        verbose_name=_("conversation"),
    )
    product = HostForeignKey(
        settings.MESSAGING_PRODUCT_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("product"),
    )
    shop = HostForeignKey(
        settings.MESSAGING_SHOP_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("shop"),
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("person"),
    )
    # Who is responsible for the item: a person or the owners of a shop, see `things.blamed_for`.
    blamed_person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("person who answers for it"),
    )
    blamed_shop = HostForeignKey(
        settings.MESSAGING_SHOP_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("shop that answers for it"),
    )
    # Which of the five is set, and its key: reports that share both are about the same item.
    kind = models.GeneratedField(
        expression=models.Case(
            *(models.When(**{f"{one}__isnull": False}, then=models.Value(one)) for one in KINDS)
        ),
        output_field=models.CharField(_("about"), max_length=12),
        db_persist=True,
        verbose_name=_("about"),
    )
    about_id = models.GeneratedField(
        expression=models.Case(
            *(models.When(**{f"{one}__isnull": False}, then=models.F(one)) for one in KINDS)
        ),
        output_field=models.BigIntegerField(),
        db_persist=True,
        verbose_name=_("ID"),
    )
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="filed_reports",
        null=True,
        blank=True,
        verbose_name=_("reported by"),
        help_text=_("Empty for visitors without an account."),
    )
    # A later title may be a draft's, which only the owners may see.
    product_title = models.CharField(_("product when reported"), max_length=120, blank=True)
    # Later names may be none of the reporter's business. Empty once the account is deleted.
    person_name = models.CharField(_("name when reported"), max_length=120, blank=True)
    # A visitor's; both may be empty in a report of danger to children (DSA, article 16).
    visitor_name = models.CharField(_("name"), max_length=60, blank=True)
    visitor_email = models.EmailField(_("email"), blank=True, help_text=_("In lower case."))
    visitor_language = models.CharField(_("language"), max_length=10, blank=True)
    # From a reporter muted by staff: it is kept, but not on the list of open reports.
    is_set_aside = models.BooleanField(_("set aside"), default=False, editable=False)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason)
    words = MultilineTextField(_("what happened? (optional)"), max_length=1000, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    outcome = models.CharField(
        _("outcome"), max_length=9, choices=Outcome, blank=True, editable=False
    )
    done = models.CharField(
        _("what was done"), max_length=9, choices=Done, blank=True, editable=False
    )
    resolved_at = models.DateTimeField(_("decided"), null=True, blank=True, editable=False)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="resolved_reports",
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("decided by"),
    )

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ("-created_at",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(*map(_only, KINDS), _connector=models.Q.OR),
                name="report_of_one_thing",
            ),
            models.CheckConstraint(
                condition=models.Q(blamed_person=None, blamed_shop__isnull=False)
                | models.Q(blamed_person__isnull=False, blamed_shop=None),
                name="report_blames_person_or_shop",
            ),
            models.UniqueConstraint(
                fields=["kind", "about_id", "reporter"], name="one_report_per_thing_and_person"
            ),
            models.UniqueConstraint(
                fields=["kind", "about_id", "visitor_email"],
                condition=~models.Q(visitor_email=""),
                name="one_report_per_thing_and_address",
            ),
            models.CheckConstraint(
                condition=models.Q(reporter=None) | models.Q(visitor_email="", visitor_name=""),
                name="report_of_person_or_visitor",
            ),
        )
        indexes = (
            models.Index(
                fields=["created_at", "id"],
                condition=models.Q(outcome="", is_set_aside=False),
                name="open_reports",
            ),
        )

    def __str__(self) -> str:
        return f"{self.pk}"

    @classmethod
    def reasons_of(cls, kind: str) -> list[tuple[str, Any]]:
        """Return what a kind of item can be reported for, as a form's choices."""
        return [(one.value, one.label) for one in cls.REASONS[kind]]

    def get_absolute_url(self) -> str:
        """Return the URL of its receipt, which is for the reporter."""
        return reverse("messaging:own_report", args=[self.pk])

    @property
    def kind_text(self) -> str:
        return str(self.Kind(self.kind).label)


class MutedReporter(models.Model):
    """Somebody who has abused reports. Their new reports are accepted and set aside."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="+",
        verbose_name=_("person"),
    )
    created_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("muted reporter")
        verbose_name_plural = _("muted reporters")

    def __str__(self) -> str:
        return f"{self.user_id}"
