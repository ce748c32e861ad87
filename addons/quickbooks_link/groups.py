"""The groups of Odoo that say who may do what with QuickBooks."""

from odoo.exceptions import AccessError

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


def check_sender(records):
    """Refuse who may not send ``records`` to QuickBooks, or not even read them.

    :raise AccessError: for anybody but ERP managers who may read them
    """
    env = records.env
    if not env.user.has_group(MANAGER):
        raise AccessError(env._("Only ERP managers can send documents to QuickBooks."))
    records.check_access("read")
