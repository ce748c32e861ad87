{
    "name": "Junari QuickBooks Link: Example",
    "summary": "Locations from QuickBooks, on invoices",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "author": "Junari",
    "license": "LGPL-3",
    "depends": ["quickbooks_link"],
    "data": [
        "security/ir.model.access.csv",
        "security/quickbooks_department_security.xml",
        "views/quickbooks_department_views.xml",
        "views/account_move_views.xml",
    ],
}
