"""Kept HTTP connections that outlive a transport, for the next one to go on with.

Work goes to QuickBooks batch by batch, each through a transport of its own. A new
connection for each would cost a TLS handshake, which is two or three times the way to
Intuit and back. What a session holds are connections and nothing else: no cookie, no
token, no company.
"""

from __future__ import annotations

import os
import time
from collections import deque
from http.cookiejar import DefaultCookiePolicy

import requests
from requests.adapters import HTTPAdapter

USER_AGENT = "quickbooks-link"
# Seconds that a session waits for the next transport. Short: a call that meets a
# connection just as the other side ends it looks as if its answer were lost.
KEPT_FOR = 10.0
# Sessions that wait at most, in this process.
MOST_KEPT = 4

# When each was given back. A deque, as its ends are safe to use in several threads.
_kept: deque[tuple[float, requests.Session]] = deque()


def take() -> requests.Session:
    """Return a session for one transport alone, which gives it back."""
    while _kept:
        try:
            since, session = _kept.pop()
        except IndexError:
            # Another thread was faster.
            break
        if time.monotonic() - since < KEPT_FOR:
            return session
        session.close()
    return _new_session()


def give_back(session: requests.Session) -> None:
    """Keep *session* for the next transport; whoever gives it back is done with it."""
    if len(_kept) < MOST_KEPT:
        _kept.append((time.monotonic(), session))
    else:
        session.close()


def _new_session() -> requests.Session:
    session = requests.Session()
    session.headers["User-Agent"] = USER_AGENT
    # The API needs no cookies, and kept ones would tie companies together.
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
    # Repeats are decided in `retries`, where it is known what may be repeated.
    adapter = HTTPAdapter(max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


# Two processes can't talk over one connection: a forked worker begins with none.
# Windows has no forks.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_kept.clear)
