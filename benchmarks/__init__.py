"""How fast, how cheap and how heavy the link is, beside a floor and a reference."""
