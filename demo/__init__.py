"""The main job, played in a real browser on a real Odoo, and then checked."""
