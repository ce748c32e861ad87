"""What the server's configuration says, ahead of what the database says.

Hosted installations keep Intuit's keys out of the database: every setting may be
given as ``QUICKBOOKS_LINK_<NAME>`` in the environment, or as ``<name>`` in the
section ``[quickbooks_link]`` of Odoo's configuration file. The section is read
here, as Odoo 19 reads only ``[options]`` and warns about names it doesn't know.
"""

import os
from configparser import RawConfigParser
from functools import lru_cache

from odoo.tools import config

SECTION = "quickbooks_link"


def server_setting(name: str) -> str:
    """Return the server's setting ``name``, or an empty string."""
    from_environment = os.environ.get(f"{SECTION}_{name}".upper())
    return from_environment or _from_file(config["config"]).get(name, "")


@lru_cache(maxsize=4)
def _from_file(path: str | None) -> dict[str, str]:
    """Return our section; like Odoo's own options it is read once a process."""
    parser = RawConfigParser()
    parser.read([path] if path else [])
    return dict(parser[SECTION]) if parser.has_section(SECTION) else {}
