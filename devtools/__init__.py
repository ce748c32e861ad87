"""What the commands in script/ share: where things are, how Odoo is started."""
