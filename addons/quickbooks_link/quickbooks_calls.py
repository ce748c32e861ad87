"""Calls that a person waits for: errors become words, with a button where one helps."""

import logging
from contextlib import contextmanager

from odoo.exceptions import UserError

from .exceptions import LinkError
from .explanations import explain
from .qbo.errors import AuthenticationError, GrantError, QuickBooksError

_logger = logging.getLogger(__name__)


@contextmanager
def calling(company):
    """Give a client that acts as the current user in ``company``'s QuickBooks.

    :raise UserError: in place of any :class:`QuickBooksError`
    """
    check_connected(company)
    try:
        with company.quickbooks_connection_id._client() as client:
            yield client
    except QuickBooksError as error:
        raise in_words(company, error) from error


def check_connected(company):
    """Refuse to go on where nobody has connected ``company``."""
    if company.quickbooks_connection_id.state in (False, "disconnected"):
        words = company.env._("%s is not connected to QuickBooks.", company.name)
        raise LinkError(company, words)


def in_words(company, error):
    """Return the error that tells a person of ``error``, and log it for support."""
    _logger.info("QuickBooks: %s (intuit_tid %s)", error, error.tid)
    words = explain(company.env, error)
    if isinstance(error, (GrantError, AuthenticationError)):
        return LinkError(company, words)
    return UserError(words)
