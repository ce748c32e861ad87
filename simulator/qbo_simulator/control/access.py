"""Control of keys, tokens, users and what they may open."""

from typing import Any

from qbo_simulator.control.credentials import credentials
from qbo_simulator.control.plane import ControlError, Wish
from qbo_simulator.oauth.apps import ENVIRONMENTS, App, is_registrable
from qbo_simulator.oauth.people import User

TOKEN_KINDS = ("access", "refresh", "all")


def show_credentials(wish: Wish) -> dict[str, str]:
    """Return keys, addresses and fresh tokens."""
    try:
        return credentials(
            wish.simulator,
            wish.base,
            wish.get("realm_id"),
            wish.get("user"),
            wish.get("environment"),
        )
    except LookupError as error:
        raise ControlError(str(error.args[0])) from None


def list_apps(wish: Wish) -> dict[str, Any]:
    """Return both key sets."""
    return {"apps": [_app(app) for app in wish.simulator.auth.apps.all()]}


def change_app(wish: Wish) -> dict[str, Any]:
    """Replace an environment's registered redirect addresses (null: any local)."""
    environment = wish.get("environment", "sandbox")
    if environment not in ENVIRONMENTS:
        raise ControlError(f"environment must be one of {', '.join(ENVIRONMENTS)}")
    uris = wish.required("redirect_uris")
    if uris is not None and (
        not isinstance(uris, list) or not all(isinstance(uri, str) for uri in uris)
    ):
        raise ControlError("redirect_uris must be a list of addresses, or null")
    for uri in uris or []:
        if not is_registrable(uri):
            raise ControlError(f"cannot be registered: {uri}")
    apps = wish.simulator.auth.apps
    apps.set_redirect_uris(environment, uris)
    return _app(apps.of(environment))


def _app(app: App) -> dict[str, Any]:
    uris = None if app.redirect_uris is None else list(app.redirect_uris)
    return {
        "environment": app.environment,
        "name": app.name,
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "webhook_verifier_token": app.verifier_token,
        "redirect_uris": uris,
    }


def revoke_tokens(wish: Wish) -> dict[str, int]:
    """End consents as if the person had disconnected the app in QuickBooks."""
    email, realm_id = _whose(wish)
    return {"revoked": wish.simulator.auth.grants.end_matching(email, realm_id)}


def expire_tokens(wish: Wish) -> dict[str, int]:
    """Let tokens run out now."""
    kind = wish.get("kind", "access")
    if kind not in TOKEN_KINDS:
        raise ControlError(f"kind must be one of {', '.join(TOKEN_KINDS)}")
    email, realm_id = _whose(wish)
    grants = wish.simulator.auth.grants
    return {"expired": grants.expire_matching(email, realm_id, kind)}


def _whose(wish: Wish) -> tuple[str | None, str | None]:
    email = wish.get("user")
    if email is not None:
        _known_user(wish, email)
    realm_id = wish.realm_id() if wish.get("realm_id") else None
    return email, realm_id


def list_users(wish: Wish) -> dict[str, Any]:
    """Return the users and the companies each may open."""
    people = wish.simulator.auth.people
    return {"users": [_user(wish, user) for user in people.all()]}


def add_user(wish: Wish) -> dict[str, Any]:
    """Add a user who may open nothing yet."""
    email = str(wish.required("user"))
    if "@" not in email:
        raise ControlError("user must be an e-mail address")
    people = wish.simulator.auth.people
    given = str(wish.get("given_name", email.partition("@")[0].title()))
    people.add(email, given, str(wish.get("family_name", "")))
    return _user(wish, _known_user(wish, email))


def change_access(wish: Wish) -> dict[str, Any]:
    """Give or take a user's access to a company."""
    user = _known_user(wish, wish.required("user"))
    people = wish.simulator.auth.people
    allowed = wish.flag("allowed", default=True)
    people.set_access(user.email, wish.realm_id(), allowed=allowed)
    return _user(wish, user)


def _known_user(wish: Wish, email: str) -> User:
    people = wish.simulator.auth.people
    user = people.by_email(str(email))
    if user is None:
        known = ", ".join(person.email for person in people.all())
        raise ControlError(f"no user {email}; known: {known}")
    return user


def _user(wish: Wish, user: User) -> dict[str, Any]:
    realms = wish.simulator.auth.people.realms_of(user.email)
    return {"user": user.email, "name": user.name, "realm_ids": realms}
