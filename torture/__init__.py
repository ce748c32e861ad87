"""Kills, spoils and repeats until something is lost or doubled, with real processes."""
