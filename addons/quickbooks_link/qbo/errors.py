"""What can go wrong with QuickBooks, as types.

Every error carries a short message in plain English for logs, and the service's
own code and element, so that a caller can choose words of its own. Three
questions matter to a caller, and each error answers them:

* ``retryable``: may the same call succeed later, with nobody mending anything?
* ``sent``: may the call have been carried out all the same? ``False`` only if
  it surely was not.
* ``code`` and ``element``: what QuickBooks complained of, and where.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One error as QuickBooks reports it; texts are the service's own."""

    code: str
    message: str = ""
    detail: str = ""
    element: str = ""

    def __str__(self) -> str:
        where = f" {self.element}" if self.element else ""
        return f"{self.code}{where}: {self.detail or self.message}"


class QuickBooksError(Exception):
    """Anything that kept a call from giving what was asked for."""

    headline = "QuickBooks could not do what was asked"
    retryable = False
    sent: bool = False

    def __init__(
        self,
        message: str = "",
        *,
        faults: tuple[Fault, ...] = (),
        status: int | None = None,
        tid: str | None = None,
    ) -> None:
        self.message = message or self._describe(faults)
        self.faults = faults
        self.status = status
        self.tid = tid
        super().__init__(self.message)

    @property
    def code(self) -> str:
        """The first fault's code, such as ``"6240"``; empty if there is none."""
        return self.faults[0].code if self.faults else ""

    @property
    def element(self) -> str:
        """The field the first fault names; often empty."""
        return self.faults[0].element if self.faults else ""

    def _describe(self, faults: tuple[Fault, ...]) -> str:
        if not faults:
            return f"{self.headline}."
        return f"{self.headline} ({'; '.join(str(fault) for fault in faults)})"


class OriginRefusedError(QuickBooksError):
    """The address is not one this link may speak to; nothing was sent."""

    headline = "The address is not on the list of allowed hosts"


class TransportError(QuickBooksError):
    """No usable answer: not reached, timed out, dropped, or a server error.

    :param sent: ``False`` if the request surely never reached the service.
    :param asked_wait: seconds of the answer's ``Retry-After``, if it had one.
    """

    headline = "QuickBooks did not answer"
    retryable = True

    def __init__(
        self,
        message: str = "",
        *,
        sent: bool = True,
        faults: tuple[Fault, ...] = (),
        status: int | None = None,
        tid: str | None = None,
        asked_wait: float | None = None,
    ) -> None:
        super().__init__(message, faults=faults, status=status, tid=tid)
        self.sent = sent
        self.asked_wait = asked_wait


class ServerError(TransportError):
    """QuickBooks answered with a 5xx status: it may have done the work or not."""

    headline = "QuickBooks has an internal problem"


# Intuit's limits page: wait a minute before the next call after a 429.
THROTTLE_WAIT = 60.0


class ThrottledError(QuickBooksError):
    """Too many calls (429).

    ``sent`` is true: integrators report a 429 that came after the write was
    committed, so a repeat needs the same ``requestid``.

    :param asked_wait: seconds of the answer's ``Retry-After``, if it had one.
    """

    headline = "QuickBooks asks to slow down"
    retryable = True
    sent = True

    def __init__(
        self,
        message: str = "",
        *,
        asked_wait: float | None = None,
        faults: tuple[Fault, ...] = (),
        status: int | None = None,
        tid: str | None = None,
    ) -> None:
        super().__init__(message, faults=faults, status=status, tid=tid)
        self.asked_wait = asked_wait

    @property
    def retry_after(self) -> float:
        """Seconds to let pass before the next call: as asked, else a minute."""
        return THROTTLE_WAIT if self.asked_wait is None else self.asked_wait


class LimitReachedError(ThrottledError):
    """Our own limit of calls to a company is used up for the moment; none was made."""

    headline = "The limit of calls to this QuickBooks company is used up"
    sent = False


class UnexpectedAnswerError(QuickBooksError):
    """An answer that can't be read: not JSON, cut off, too large, keys missing.

    It came from the service, so a write may have been carried out.
    """

    headline = "QuickBooks gave an answer that can't be read"
    retryable = True
    sent = True


class OAuthError(QuickBooksError):
    """The sign-in service refused; ``error`` is its own word for it."""

    headline = "QuickBooks refused the sign-in"

    def __init__(
        self,
        message: str = "",
        *,
        error: str = "",
        status: int | None = None,
        tid: str | None = None,
    ) -> None:
        super().__init__(message, status=status, tid=tid)
        self.error = error

    @property
    def code(self) -> str:
        """The RFC 6749 error, such as ``"invalid_grant"``."""
        return self.error


class GrantError(OAuthError):
    """``invalid_grant``: the code or refresh token is dead. Log in again."""

    headline = "The QuickBooks login has expired or was withdrawn"


class NoLoginError(GrantError):
    """There is no login that could be used: nothing was asked."""

    headline = "Nobody has logged in to QuickBooks"


class AppKeysError(OAuthError):
    """``invalid_client``: the app's client id or secret is wrong."""

    headline = "The QuickBooks app keys were refused"


class AuthenticationError(QuickBooksError):
    """401: the access token is missing, expired or revoked. Refresh it."""

    headline = "QuickBooks refused the access token"


class AuthorizationError(QuickBooksError):
    """The login has no access to this company: another company, lost rights."""

    headline = "The QuickBooks login has no access to this company"


class FaultError(QuickBooksError):
    """QuickBooks understood the request and refused it."""

    headline = "QuickBooks refused the request"


class ValidationFaultError(FaultError):
    """Something in the request is not acceptable; see ``faults``."""


class StaleObjectError(FaultError):
    """5010: the record changed since its SyncToken was read. Read it again."""

    headline = "The record was changed in QuickBooks meanwhile"


class ObjectNotFoundError(FaultError):
    """610: deleted in QuickBooks, or made inactive while still in use here."""

    headline = "The record no longer exists in QuickBooks or is inactive"


class InvalidReferenceError(FaultError):
    """2500: the request names a record that does not exist or is inactive."""

    headline = "The request refers to a record QuickBooks does not have"


class DuplicateNameError(FaultError):
    """6240: another customer, vendor, employee or item has this name."""

    headline = "The name is already used in QuickBooks"


class DuplicateDocNumberError(FaultError):
    """6140: the document number is taken."""

    headline = "The document number is already used in QuickBooks"


class DuplicateRequestError(FaultError):
    """600: this requestid was used before; look for what it made."""

    headline = "QuickBooks has had this request before"
    sent = True


class ClosedPeriodError(FaultError):
    """6200, 6210: the date lies in a period whose books are closed."""

    headline = "The books of this period are closed in QuickBooks"


class DepositedError(FaultError):
    """6540: the transaction is part of a bank deposit, which holds it."""

    headline = "The transaction is part of a bank deposit in QuickBooks"


class CompanyStatusError(FaultError):
    """6190: the QuickBooks subscription has ended or has a billing problem."""

    headline = "The QuickBooks subscription is not active"


class QueryFaultError(FaultError):
    """4000 to 4002: the query statement is wrong: a mistake of this program."""

    headline = "QuickBooks did not understand the query"


class SystemFaultError(FaultError):
    """10000: QuickBooks failed inside. The work may have been done or not."""

    headline = "QuickBooks has an internal problem"
    retryable = True
    sent = True
