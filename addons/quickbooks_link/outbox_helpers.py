"""What goes along with rows that are sent: as whom, how patiently, and when."""

from dataclasses import dataclass

from .qbo.errors import (
    AppKeysError,
    AuthenticationError,
    AuthorizationError,
    GrantError,
)
from .qbo.retries import RetryPolicy

# A person waits for what is sent right after a commit; the scheduler has time.
PROMPT = {
    "timeout": (2, 8),
    "retries": RetryPolicy(attempts=2, backoff=0.4, max_wait=1),
}
PATIENT = {"timeout": (5, 60), "retries": RetryPolicy()}
WOKEN = "quickbooks_link.woken"
LOGIN_ERRORS = (AppKeysError, AuthenticationError, AuthorizationError, GrantError)


def meets_all(error):
    """Tell whether an error is no refusal of one row: it meets whatever is sent now."""
    return error.retryable or isinstance(error, LOGIN_ERRORS)


@dataclass(frozen=True)
class Sender:
    """As whom rows of a company are sent.

    :param author: the contact whose notes tell of it, and its address
    """

    user_id: int
    company_id: int
    lang: str | bool
    author: tuple[int, str | bool]

    def act(self, rows):
        """Return the rows, to be sent so."""
        return rows.sudo().with_context(
            lang=self.lang,
            allowed_company_ids=[self.company_id],
            quickbooks_sender=self,
        )

    @classmethod
    def of(cls, user, company):
        """Return the sender that ``user`` is for rows of ``company``."""
        # These alone: users and contacts have very many fields.
        user.sudo().fetch(["partner_id"])
        contact = user.sudo().partner_id
        contact.fetch(["name", "email", "lang"])
        author = contact.id, contact.email_formatted
        return cls(user.id, company.id, contact.lang, author)


def wake(env, name, at):
    """Let a scheduled action run at a time; rows of one transaction share it.

    :param name: its XML id
    """
    # No env.ref: it asks first whether the record is still there.
    woken = env.cr.precommit.data.setdefault(WOKEN, set())
    if (name, at) not in woken:
        woken.add((name, at))
        cron = env["ir.cron"].browse(env["ir.model.data"]._xmlid_to_res_id(name))
        # Nothing else of it is asked.
        cron.sudo().fetch(["active"])
        cron.sudo()._trigger(at)
