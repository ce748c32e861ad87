"""The rules of the entities: what their descriptions cannot say."""
