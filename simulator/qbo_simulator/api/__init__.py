"""The HTTP surface of the Accounting API: parse, ask the engine, answer."""
