"""Errors that lead a person to what has to be mended."""

from odoo.exceptions import UserError, ValidationError


class MendableError(ValidationError):
    """A refusal with a button that opens the record to mend.

    Everywhere but in the web client it is the ValidationError that it says it is.
    The client shows it as it shows a RedirectWarning (see mendable_error.js).
    """

    def __init__(self, message, action, button):
        """
        :param message: what is wrong and how to mend it, translated
        :param action: action dictionary that the button runs
        :param button: the button's label, translated
        """
        super().__init__(message)
        self.args = (message, action, button)

    def __str__(self):
        return self.args[0]


class LinkError(MendableError):
    """A refusal because of the link itself: the button leads to the company's tab."""

    def __init__(self, company, message):
        """
        :param company: the Odoo company whose link it is
        :param message: what is wrong and what to do, translated
        """
        button = company.env._("Open Junari QuickBooks Link")
        super().__init__(message, company.action_quickbooks_open(), button)


class LockedError(UserError):
    """A refusal because a date is locked in Odoo."""

    def __init__(self, message, locks):
        """
        :param message: what is locked and what to do, translated
        :param locks: the lock dates in the way, and the names of their fields
        """
        super().__init__(message)
        self.locks = locks


def form_of(record):
    """Return the action that opens ``record``'s form, in the same tab."""
    return {
        "type": "ir.actions.act_window",
        "res_model": record._name,
        "res_id": record.id,
        "views": [(False, "form")],
        "target": "current",
    }
