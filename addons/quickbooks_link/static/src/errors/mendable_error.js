import { RedirectWarningDialog, odooExceptionTitleMap } from "@web/core/errors/error_dialogs";
import { registry } from "@web/core/registry";

// Refusals with a button to the record to mend: see exceptions.py.

class MendableErrorDialog extends RedirectWarningDialog {
    setup() {
        super.setup();
        this.title = odooExceptionTitleMap
            .get("odoo.exceptions.ValidationError")
            .toString();
    }
}

const EXCEPTIONS = "odoo.addons.quickbooks_link.exceptions";

registry
    .category("error_dialogs")
    .add(`${EXCEPTIONS}.MendableError`, MendableErrorDialog)
    .add(`${EXCEPTIONS}.LinkError`, RedirectWarningDialog);
