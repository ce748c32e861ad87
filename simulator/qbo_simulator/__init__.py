"""A QuickBooks Online on your own machine: OAuth 2, the Accounting API v3, faults."""
