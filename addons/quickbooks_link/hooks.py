"""What Odoo does not take away by itself when the addon is uninstalled."""


def uninstall_hook(env):
    """Delete the parameters that people have set for the addon."""
    parameters = env["ir.config_parameter"]
    parameters.search([("key", "=like", "quickbooks_link.%")]).unlink()
