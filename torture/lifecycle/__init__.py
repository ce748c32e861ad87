"""The life of the addon in a database: used, upgraded, beside others, uninstalled."""
