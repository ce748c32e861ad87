-- A copy of a database must not act on the live QuickBooks company.
DELETE FROM quickbooks_token;
DELETE FROM quickbooks_oauth_request;
UPDATE quickbooks_app SET client_secret_sealed = NULL;
UPDATE quickbooks_app SET webhook_verifier_sealed = NULL;
-- Whoever logs in again in the copy, meets the sandbox.
UPDATE res_company SET quickbooks_use_sandbox = TRUE;
