"""The query language: grammar, validation against the schema, SQL."""
