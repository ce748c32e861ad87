"""What a button gives the web client to do: tell something, close, show anew."""


def soft_reload():
    """Return the action that shows the page anew."""
    return {"type": "ir.actions.client", "tag": "soft_reload"}


def close_dialog():
    """Return the action that closes a dialog, and shows the form behind it anew."""
    return {"type": "ir.actions.act_window_close"}


def notification(message, then, *, title="", kind="success"):
    """Return the action that tells something in the corner of the screen.

    What went wrong stays there until it is closed.

    :param message: what is told, translated
    :param then: the action that follows
    :param title: a headline, translated
    :param kind: ``success``, ``info``, ``warning`` or ``danger``
    """
    sticky = kind in ("warning", "danger")
    params = {"message": message, "type": kind, "sticky": sticky, "next": then}
    if title:
        params["title"] = title
    return {
        "type": "ir.actions.client",
        "tag": "display_notification",
        "params": params,
    }
