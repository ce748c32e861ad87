"""Webhooks: what changes becomes events, events become signed calls (qbo-api.md 7)."""
