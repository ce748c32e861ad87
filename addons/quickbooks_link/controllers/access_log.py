"""Odoo's web server logs each address whole: ours may hold a code from Intuit."""

import logging

from ..models.res_company import CALLBACK_PATH
from ..qbo.redaction import mask


class CallbackFilter(logging.Filter):
    """Masks the one-time code and the state in the address people come back to."""

    def filter(self, record):
        """Let every record pass, with its secrets masked."""
        message = record.getMessage()
        if CALLBACK_PATH in message:
            record.msg, record.args = mask(message), ()
        return True


def watch():
    """Mask what the web server logs from now on, once in each process."""
    logger = logging.getLogger("werkzeug")
    if not any(isinstance(one, CallbackFilter) for one in logger.filters):
        logger.addFilter(CallbackFilter())


watch()
