"""The groups of Odoo that say who may do what with QuickBooks."""

# All that is done with QuickBooks, as the guide says.
MANAGER = "base.group_erp_manager"
# The app keys, and what else concerns the whole server.
ADMIN = "base.group_system"
# Who sees how things stand, besides managers: whoever works with invoices.
READERS = ",".join(
    (
        MANAGER,
        "account.group_account_readonly",
        "account.group_account_invoice",
    )
)
