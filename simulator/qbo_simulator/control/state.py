"""Control of companies, time and switches."""

from datetime import datetime, timezone
from typing import Any

from qbo_simulator.clock import ClockError
from qbo_simulator.control.plane import ControlError, Wish
from qbo_simulator.oauth.apps import ENVIRONMENTS
from qbo_simulator.seeds import COMPANIES


def reset(wish: Wish) -> dict[str, Any]:
    """Start again: no company but the wished one, clock and switches as at first."""
    company = _company(wish)
    wish.simulator.reset()
    return {"realm_id": wish.simulator.load_company(company)}


def list_companies(wish: Wish) -> dict[str, Any]:
    """Return the companies."""
    realms = wish.simulator.store.realms()
    return {
        "companies": [
            {
                "realm_id": realm.realm_id,
                "company_name": realm.company_name,
                "country": realm.country,
                "environment": realm.environment,
            }
            for realm in realms
        ]
    }


def add_company(wish: Wish) -> dict[str, Any]:
    """Open another company."""
    environment = wish.get("environment", "sandbox")
    if environment not in ENVIRONMENTS:
        raise ControlError(f"environment must be one of {', '.join(ENVIRONMENTS)}")
    name = wish.get("name")
    if name is not None and not (isinstance(name, str) and name.strip()):
        raise ControlError("name must be the company's name")
    realm_id = wish.simulator.load_company(
        _company(wish), name=name, environment=environment
    )
    return {"realm_id": realm_id}


def _company(wish: Wish) -> str:
    company = wish.get("company", "uk")
    if company not in COMPANIES:
        raise ControlError(f"company must be one of {', '.join(COMPANIES)}")
    return company


def show_clock(wish: Wish) -> dict[str, str]:
    """Return the simulator's time."""
    return {"now": wish.simulator.clock.now().isoformat()}


def change_clock(wish: Wish) -> dict[str, str]:
    """Move the clock by seconds, or set it; it runs on from there."""
    if ("advance" in wish.fields) == ("set" in wish.fields):
        raise ControlError("give either advance (seconds) or set (ISO time)")
    _move(wish)
    for realm in wish.simulator.store.realms():
        wish.simulator.engine.begin_day(realm.realm_id)
    return show_clock(wish)


def _move(wish: Wish) -> None:
    clock = wish.simulator.clock
    try:
        if "advance" in wish.fields:
            clock.advance(wish.number("advance", unit="seconds"))
        else:
            clock.set(_time(wish.fields["set"]))
    except ClockError as error:
        raise ControlError(str(error)) from None


def _time(text: object) -> datetime:
    try:
        time = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    except ValueError:
        raise ControlError("set must be an ISO 8601 time") from None
    return time if time.tzinfo else time.replace(tzinfo=timezone.utc)


def show_switches(wish: Wish) -> dict[str, Any]:
    """Return every switch with value, default, choices and source."""
    return {"switches": wish.simulator.switches.as_dicts()}


def change_switches(wish: Wish) -> dict[str, Any]:
    """Set switches by name; nothing changes when one of them is wrong."""
    switches = wish.simulator.switches
    try:
        switches.set_many(wish.fields)
    except (KeyError, ValueError) as error:
        raise ControlError(str(error.args[0])) from None
    return {name: switches.get(name) for name in wish.fields}
