"""Intuit's OAuth 2.0 and OpenID Connect, as far as an accounting app meets it."""
