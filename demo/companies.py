"""The Odoo companies that the demo links to the simulator's sample companies."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Company:
    """An Odoo company as its owner would have set it up.

    ``sample`` is the simulator's name for the QuickBooks company of the business,
    ``chart`` Odoo's name for its chart of accounts, ``values`` are fields of
    ``res.company``.
    """

    sample: str
    chart: str
    country: str
    currency: str
    language: str
    timezone: str
    values: dict[str, str] = field(default_factory=dict)


COMPANIES = {
    "uk": Company(
        sample="uk",
        chart="uk",
        country="GB",
        currency="GBP",
        language="en_GB",
        timezone="Europe/London",
        values={
            "name": "Kestrel Garden Supplies Ltd",
            "street": "Unit 7 Foss Trading Estate",
            "city": "York",
            "zip": "YO31 7UL",
            "phone": "01632 960118",
            "email": "accounts@kestrelgarden.example",
            "website": "https://www.kestrelgarden.example",
        },
    ),
    "us": Company(
        sample="us",
        chart="us",
        country="US",
        currency="USD",
        language="en_US",
        timezone="America/Chicago",
        values={
            "name": "Lone Star Trail Supply LLC",
            "street": "1110 E 6th St",
            "city": "Austin",
            "zip": "78702",
            "phone": "(512) 555-0118",
            "email": "books@lonestartrail.example",
            "website": "https://www.lonestartrail.example",
        },
    ),
}
