import { registry } from "@web/core/registry";
import { MonetaryField, monetaryField } from "@web/views/fields/monetary/monetary_field";

// An amount of QuickBooks', also in a currency that isn't active in Odoo: the web
// client knows no sign for those, so the record's currency_code follows.
export class QuickBooksMoneyField extends MonetaryField {
    get formattedValue() {
        const shown = super.formattedValue;
        const code = this.props.record.data.currency_code;
        return code && !this.currency ? `${shown}${this.nbsp}${code}` : shown;
    }
}

registry.category("fields").add("quickbooks_money", {
    ...monetaryField,
    component: QuickBooksMoneyField,
});
