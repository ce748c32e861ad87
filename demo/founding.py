"""Sets up the demo's company. Read by ``odoo shell``, which provides ``env``.

The company comes as JSON in the environment variable DEMO_COMPANY.
"""

import json
import os

wanted = json.loads(os.environ["DEMO_COMPANY"])

env["ir.module.module"].update_list()  # noqa: F821
module = env["ir.module.module"].search([("name", "=", "quickbooks_link")])  # noqa: F821
module.button_immediate_install()
# The installation replaced the registry; an environment belongs to one registry.
env.transaction.reset()  # noqa: F821
env = env()  # noqa: F821

country = env["res.country"].search([("code", "=", wanted["country"])])
company = env.ref("base.main_company")
company.write(
    {
        **wanted["values"],
        "country_id": country.id,
        "quickbooks_use_sandbox": True,
    }
)
env["account.chart.template"].try_loading(wanted["chart"], company)
assert company.currency_id.name == wanted["currency"], company.currency_id.name

env["res.lang"]._activate_lang(wanted["language"])
env.ref("base.user_admin").write(
    {"lang": wanted["language"], "tz": wanted["timezone"], "email": company.email}
)
# So that the first page is there at once, in every run.
for name in ("web", "frontend", "frontend_minimal", "frontend_lazy"):
    bundle = env["ir.qweb"]._get_asset_bundle(f"web.assets_{name}")
    bundle.js()
    bundle.css()
env.cr.commit()
