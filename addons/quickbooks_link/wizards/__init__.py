from . import base_partner_merge, quickbooks_customer_create
