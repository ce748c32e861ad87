"""Where Intuit's services live, and which origins may be spoken to.

An *origin* is scheme, host and port together. The lists below come from
Intuit's discovery documents and API reference.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

PRODUCTION_API = "https://quickbooks.api.intuit.com"
SANDBOX_API = "https://sandbox-quickbooks.api.intuit.com"
PRODUCTION_DISCOVERY = "https://developer.intuit.com/.well-known/openid_configuration/"
SANDBOX_DISCOVERY = (
    "https://developer.intuit.com/.well-known/openid_sandbox_configuration/"
)

INTUIT_ORIGINS = frozenset(
    {
        PRODUCTION_API,
        SANDBOX_API,
        "https://developer.intuit.com",
        "https://developer.api.intuit.com",
        "https://oauth.platform.intuit.com",
        "https://accounts.intuit.com",
        # The sandbox host of UserInfo is remembered by integrators, not
        # confirmed by a page of Intuit's; it is Intuit's own domain all the same.
        "https://accounts.platform.intuit.com",
        "https://sandbox-accounts.platform.intuit.com",
    }
)

_DEFAULT_PORTS = {"https": 443, "http": 80}


def is_loopback(host: str) -> bool:
    """Tell whether *host* can only be this very machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def origin_of(url: str) -> str:
    """Return the normal form ``scheme://host:port`` of *url*'s origin.

    :raise ValueError: if it is no plain http(s) URL. Sign-in data before the
        host, backslashes and control characters are refused: parsers disagree
        on them, and that is how allow-lists are tricked.
    """
    if "\\" in url or any(ord(char) <= 32 or ord(char) == 127 for char in url):
        raise ValueError("The address holds characters that are not allowed.")
    parts = urlsplit(url)
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise ValueError("The address is no http or https address.")
    if "@" in parts.netloc:
        raise ValueError("The address may not hold a user name or password.")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = parts.port or _DEFAULT_PORTS[parts.scheme]
    return f"{parts.scheme}://{host}:{port}"


def is_safe(url: str) -> bool:
    """Tell whether secrets may travel to *url*: https, or this very machine."""
    try:
        origin_of(url)
    except ValueError:
        return False
    parts = urlsplit(url)
    return parts.scheme == "https" or is_loopback(parts.hostname or "")
