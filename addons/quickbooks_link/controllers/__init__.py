from . import access_log, oauth, webhooks
