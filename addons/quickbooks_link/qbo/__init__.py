"""QuickBooks Online as plain Python: no Odoo, no database.

Only :mod:`transport` opens a connection; everything else builds requests or
reads answers.
"""
