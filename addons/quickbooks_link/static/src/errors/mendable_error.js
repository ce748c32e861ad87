import { RedirectWarningDialog } from "@web/core/errors/error_dialogs";
import { registry } from "@web/core/registry";

// A refusal with a button to the record to mend: see exceptions.py.
registry
    .category("error_dialogs")
    .add("odoo.addons.quickbooks_link.exceptions.MendableError", RedirectWarningDialog);
