"""Refusals of the OAuth endpoints."""


class OAuthRefusal(Exception):
    """A refusal with RFC 6749's error word and the HTTP status that carries it.

    Intuit's captured ``invalid_grant`` answer has no description, so a description
    is optional and left out of the body when it is empty.
    """

    def __init__(self, error: str, status: int = 400, description: str = "") -> None:
        super().__init__(error)
        self.error = error
        self.status = status
        self.description = description

    def body(self) -> dict[str, str]:
        """Return the JSON body Intuit sends for this refusal."""
        if not self.description:
            return {"error": self.error}
        return {"error": self.error, "error_description": self.description}


class ConsentRefusal(Exception):
    """An authorization request that ends on an error page instead of a redirect."""

    def __init__(self, title: str, explanation: str) -> None:
        super().__init__(title)
        self.title = title
        self.explanation = explanation
