"""Say in words what went wrong with QuickBooks, and what a person can do."""

from .qbo import errors


def explain(env, error):
    """Return ``error`` (a :class:`QuickBooksError`) as a translated sentence or two.

    QuickBooks' own words follow where they help; its transaction id goes to the
    log only, with whoever caught the error.
    """
    if isinstance(error, errors.LimitReachedError):
        return env._(
            "QuickBooks takes only so many requests a minute, and this company's are "
            "used up just now, perhaps by a sync. Try again in %s seconds.",
            max(1, round(error.retry_after)),
        )
    for kinds, words in _words(env):
        if isinstance(error, kinds):
            return words
    return _with_details(env, error)


def _words(env):
    """Pair kinds of error with what to tell, the narrowest first."""
    return [
        *_words_of_access(env),
        *_words_of_service(env),
        *_words_of_books(env),
    ]


def _words_of_access(env):
    return [
        (
            errors.NoLoginError,
            env._(
                "You are not logged in to QuickBooks. Press Connect to QuickBooks and "
                "log in."
            ),
        ),
        (
            (errors.GrantError, errors.AuthenticationError),
            env._(
                "Your QuickBooks login has expired or was withdrawn. "
                "Press Connect to QuickBooks and log in again."
            ),
        ),
        (
            errors.AppKeysError,
            env._(
                "Intuit refused the app keys. An administrator has to check the "
                "client ID and secret in General Settings."
            ),
        ),
        (
            errors.AuthorizationError,
            env._(
                "Your QuickBooks login has no access to this QuickBooks company. "
                "Ask its administrator for access, then connect again."
            ),
        ),
    ]


def _words_of_service(env):
    return [
        (
            errors.ThrottledError,
            env._(
                "QuickBooks asks to slow down: too many requests in a short time. "
                "Try again in a minute."
            ),
        ),
        (
            (errors.ServerError, errors.SystemFaultError),
            env._("QuickBooks has a problem of its own. Try again in a few minutes."),
        ),
        (
            errors.TransportError,
            env._(
                "QuickBooks could not be reached. Check the internet connection of "
                "the server and try again."
            ),
        ),
        (
            errors.UnexpectedAnswerError,
            env._(
                "QuickBooks gave an answer that could not be read. "
                "Try again in a few minutes."
            ),
        ),
        (
            errors.OriginRefusedError,
            env._(
                "The address of QuickBooks in the server's configuration is not "
                "allowed. An administrator has to check it."
            ),
        ),
    ]


def _words_of_books(env):
    return [
        (
            errors.DuplicateDocNumberError,
            env._(
                "Another document in QuickBooks has this number already. Reset this "
                "one to draft and give it another number, or change the other's in "
                "QuickBooks; then send it again."
            ),
        ),
        (
            errors.StaleObjectError,
            env._("It was changed in QuickBooks at the same moment. Try again."),
        ),
        (
            errors.CompanyStatusError,
            env._(
                "The subscription of the QuickBooks company is not active. "
                "Renew it in QuickBooks, then try again."
            ),
        ),
        (
            errors.ClosedPeriodError,
            env._(
                "The books in QuickBooks are closed for this date. Move the closing "
                "date there and try again, or leave it as it is and correct it by a "
                "document of a later date."
            ),
        ),
        (
            errors.DepositedError,
            env._(
                "It is part of a bank deposit in QuickBooks. Take it off the deposit "
                "there, then try again."
            ),
        ),
    ]


def _with_details(env, error):
    details = "; ".join(fault.detail or fault.message for fault in error.faults)
    if not details:
        return env._("QuickBooks refused the request: %s", error)
    return env._("QuickBooks refused the request: %s", details)
