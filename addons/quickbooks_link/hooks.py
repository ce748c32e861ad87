"""What Odoo does not take away by itself when the addon is uninstalled."""


def uninstall_hook(env):
    """Delete the parameters that people have set, and what Odoo notes of foreign keys.

    It drops a column with its foreign key, and forgets the note of it.
    """
    parameters = env["ir.config_parameter"]
    parameters.search([("key", "=like", "quickbooks_link.%")]).unlink()
    ours = [("module.name", "=", "quickbooks_link"), ("type", "=", "f")]
    env["ir.model.constraint"].search(ours).unlink()
