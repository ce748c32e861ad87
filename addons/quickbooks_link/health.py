"""How a link to QuickBooks is doing: what is wrong, from what was really seen.

Nothing here calls QuickBooks. Green needs an answer of QuickBooks' that is not old.
"""

from dataclasses import dataclass
from datetime import timedelta

from odoo import fields
from odoo.tools import format_date, format_datetime, format_list

# A consent that ends so soon is told of: in good time, and once more.
SOON = (timedelta(days=30), timedelta(days=7))
# A document that is not in QuickBooks after this time is told of.
PATIENCE = timedelta(days=1)
OPEN = ("waiting", "sending", "attention")
LEVELS = ("danger", "warning")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a link.

    :param key: the same as long as it is the same problem
    :param level: danger or warning
    :param text: what is wrong and what to do, translated
    :param tell: it matters enough to tell somebody who is not looking
    :param button: label and method of the company that helps
    """

    key: str
    level: str
    text: str
    tell: bool = False
    button: tuple = ()


def problems(connection):
    """Return what is wrong with the link, worst first.

    :param connection: a ``quickbooks.connection``, as superuser
    """
    if not connection.token_ids:
        return []
    found = [
        *_login(connection),
        *_failing(connection),
        *_silence(connection),
        *_expiring(connection),
        *_documents(connection),
        *_calls(connection),
    ]
    return sorted(found, key=lambda one: LEVELS.index(one.level))


def last_answer(connection):
    """Return when QuickBooks last answered a call as it should, or nothing."""
    calls = connection.env["quickbooks.call"].sudo()
    answered = [
        ("company_id", "=", connection.company_id.id),
        ("realm_id", "=", connection.realm_id),
        ("status", ">=", 200),
        ("status", "<", 300),
    ]
    seen = (calls.search(answered, limit=1).called_at, connection.adopted_at)
    return max(filter(None, seen), default=False)


def patience_of(connection):
    """Return how long a link may fail before it matters."""
    return timedelta(hours=connection.company_id.quickbooks_alert_hours)


def consent_ends(token):
    """Return when a consent ends if nobody uses it; use can't move the last date."""
    ends = (token.refresh_expires_at, token.refresh_hard_expires_at)
    return min(filter(None, ends), default=False)


# === WHAT MAY BE WRONG === #


def _login(connection):
    if connection.state == "connected":
        return
    names = format_list(connection.env, connection.token_ids.user_id.mapped("name"))
    yield Problem(
        "login",
        "danger",
        connection.env._(
            "Nobody is logged in to QuickBooks any more: %s has to press Connect to "
            "QuickBooks. Until then nothing is synced or sent.",
            names,
        ),
        tell=_is_old(connection, connection.failing_since or last_answer(connection)),
        button=(connection.env._("Connect to QuickBooks"), "action_quickbooks_connect"),
    )


def _failing(connection):
    since = connection.failing_since
    if not since or connection.state != "connected":
        return
    yield Problem(
        "failing",
        "danger",
        connection.env._(
            "The scheduled sync has failed since %(since)s. %(reason)s",
            since=format_datetime(connection.env, since),
            reason=connection.last_error or "",
        ).strip(),
        tell=_is_old(connection, since),
        button=(connection.env._("Test Connection"), "action_quickbooks_test"),
    )


def _silence(connection):
    """Tell of a link that nobody has seen working for too long."""
    if connection.state != "connected" or connection.failing_since:
        return
    answer = last_answer(connection)
    if not answer:
        yield _unchecked(connection)
    elif _is_old(connection, answer):
        yield _silent(connection, answer)


def _silent(connection, answer):
    return Problem(
        "silent",
        "warning",
        connection.env._(
            "QuickBooks was last heard to answer on %s: whether the link works is not "
            "known. Press Test Connection, and look whether Odoo's scheduled actions "
            "run.",
            format_datetime(connection.env, answer),
        ),
        tell=True,
        button=(connection.env._("Test Connection"), "action_quickbooks_test"),
    )


def _unchecked(connection):
    return Problem(
        "unchecked",
        "warning",
        connection.env._(
            "Whether the link works is not known: QuickBooks has not answered yet."
        ),
        button=(connection.env._("Test Connection"), "action_quickbooks_test"),
    )


def _is_old(connection, moment):
    return bool(moment) and fields.Datetime.now() - moment >= patience_of(connection)


def _expiring(connection):
    """Tell of the log-ins that end soon: of those that the scheduler relies on."""
    now = fields.Datetime.now()
    for token in _relied_on(connection):
        ends = consent_ends(token)
        reached = [soon for soon in SOON if ends and ends - now <= soon]
        if reached:
            days = reached[-1].days
            yield Problem(
                f"expiry_{days}_{token.id}",
                "danger" if reached[-1] == SOON[-1] else "warning",
                _say_expiring(token, ends, now),
                tell=True,
                button=(
                    connection.env._("Connect to QuickBooks"),
                    "action_quickbooks_connect",
                ),
            )


def _relied_on(connection):
    active = connection.token_ids.filtered(lambda token: token.state == "active")
    chosen = connection.company_id.quickbooks_background_user_ids.user_id
    return active.filtered(lambda token: not chosen or token.user_id in chosen)


def _say_expiring(token, ends, now):
    return token.env._(
        "The QuickBooks log-in of %(user)s ends on %(date)s, in %(days)s days. "
        "%(user)s has to press Connect to QuickBooks and log in again before.",
        user=token.user_id.name,
        date=format_date(token.env, ends),
        days=max(0, (ends.date() - now.date()).days),
    )


def _documents(connection):
    documents = connection.env["quickbooks.document"].sudo()
    company = ("company_id", "=", connection.company_id.id)
    before = fields.Datetime.now() - PATIENCE
    late = [company, ("state", "in", OPEN), ("open_since", "<=", before)]
    count = documents.search_count(late)
    refused = documents.search_count([company, ("state", "=", "attention")])
    if count:
        yield _late(documents.search(late, order="open_since", limit=1), count)
    elif refused:
        yield Problem(
            "refused",
            "warning",
            connection.env._("Documents that need attention: %s.", refused),
            button=(connection.env._("Show Them"), "action_quickbooks_show_attention"),
        )


def _late(first, count):
    return Problem(
        "documents",
        "warning",
        first.env._(
            "Documents not in QuickBooks for more than a day: %(count)s. The first "
            "is %(name)s, waiting since %(since)s.",
            count=count,
            name=first.move_id.display_name,
            since=format_datetime(first.env, first.open_since),
        ),
        tell=True,
        button=(first.env._("Show Them"), "action_quickbooks_show_late"),
    )


def _calls(connection):
    """Tell of calls that come near to what Intuit lets an app make for nothing."""
    if connection.calls_warning:
        yield Problem("calls", "warning", connection.calls_warning)
