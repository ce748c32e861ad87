{
    "name": "Junari QuickBooks Link: torture",
    "summary": "Stops Odoo at named points. Loaded with --load, never installed",
    "version": "19.0.1.0.0",
    "author": "Junari",
    "license": "LGPL-3",
    "depends": ["base"],
    "installable": False,
    "post_load": "post_load",
}
