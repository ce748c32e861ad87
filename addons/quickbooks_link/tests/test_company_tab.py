from lxml import etree
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command, Domain
from odoo.tests import Form, new_test_user, tagged

from .common import QuickBooksLinkCase
from .guide import guide
from .seen_form import SeenForm

TAB = "//page[@name='quickbooks_link']"
CONNECT = {"Connect to QuickBooks": "action_quickbooks_connect"}
TEST = {"Test Connection": "action_quickbooks_test"}
DISCONNECT = {"Disconnect": "action_quickbooks_disconnect"}
FORGET = {"Forget QuickBooks Company": "action_quickbooks_forget"}
SYNCS = [
    "action_quickbooks_sync_customers",
    "action_quickbooks_sync_items",
    "action_quickbooks_sync_tax_codes",
    "action_quickbooks_sync_payments",
    "action_quickbooks_sync_full",
]
ACTIONS = [*CONNECT.values(), *TEST.values(), *DISCONNECT.values(), *FORGET.values()]
ACTIONS += [*SYNCS, "action_quickbooks_sync_changes", "action_quickbooks_preview"]


class CompanyTabCase(QuickBooksLinkCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.others = {
            name: new_test_user(
                cls.env,
                f"qb_{name}",
                groups=groups,
                company_id=cls.company.id,
                company_ids=[(6, 0, cls.company.ids)],
            )
            for name, groups in {
                "employee": "base.group_user",
                "accountant": "base.group_user,account.group_account_manager",
                "portal": "base.group_portal",
            }.items()
        }

    def tab(self, user):
        """Return the tab of the company form as ``user`` gets it, or nothing."""
        arch = self.env["res.company"].with_user(user).get_view(view_type="form")
        return etree.fromstring(arch["arch"]).xpath(TAB)

    def seen(self, user=None):
        """Return the company form as ``user`` sees it now."""
        self.env.invalidate_all()
        return SeenForm(self.as_manager(self.company, user), "base.view_company_form")


@tagged("post_install", "-at_install")
class TestGuide1PrerequisitesAndAccess(CompanyTabCase):
    """The guide, section 1."""

    @guide("1.2")
    def test_only_users_with_erp_manager_access_can_see_this_page(self):
        self.assertTrue(self.tab(self.manager))
        for user in (self.others["employee"], self.others["accountant"]):
            self.assertFalse(self.tab(user), user.login)

    @guide("1.1")
    def test_settings_companies_leads_to_the_tab_junari_quickbooks_link(self):
        menus = self.env["ir.ui.menu"].with_user(self.manager).load_menus(False)
        settings, users, companies = (
            menus[self.env.ref(f"base.{name}").id]
            for name in (
                "menu_administration",
                "menu_users",
                "menu_action_res_company_form",
            )
        )
        self.assertEqual(
            (settings["name"], companies["name"]), ("Settings", "Companies")
        )
        self.assertIn(users["id"], settings["children"])
        self.assertIn(companies["id"], users["children"])
        self.assertEqual(companies["action_model"], "ir.actions.act_window")
        action = self.env["ir.actions.act_window"].browse(companies["action_id"])
        self.assertEqual(action.res_model, "res.company")
        [tab] = self.tab(self.manager)
        self.assertEqual(tab.get("string"), "Junari QuickBooks Link")
        self.assertTrue(self.seen().shows(self.seen().find(TAB)))

    @guide("1.3")
    def test_the_buttons_of_the_guide_are_available(self):
        """Each while it has something to do."""
        self.assertEqual(self.buttons(), CONNECT)
        connection = self.connect()
        self.assertEqual(self.buttons(), TEST | DISCONNECT)
        second = self.new_manager("second", self.company)
        self.assertEqual(self.buttons(second), CONNECT | TEST | DISCONNECT)
        connection.token_ids._refuse("expired")
        self.assertEqual(self.buttons(), CONNECT | TEST | DISCONNECT)
        connection._disconnect()
        self.assertEqual(self.buttons(), CONNECT | FORGET)

    def buttons(self, user=None):
        seen = self.seen(user)
        return seen.buttons(seen.find("//div[@name='quickbooks_buttons']"))

    @guide("1.4", "1.6", "1.7")
    def test_the_options_of_the_guide_are_there_in_its_words_and_saved(self):
        company = self.as_manager(self.company)
        labels = {name: field["string"] for name, field in company.fields_get().items()}
        for name, label in {
            "quickbooks_use_sandbox": "Use Sandbox",
            "quickbooks_use_document_numbers": "Use QuickBooks Document Numbers",
            "quickbooks_include_customer_name": "Include Customer Name",
            "quickbooks_background_user_ids": "Run Background Sync As",
            "quickbooks_company_name": "Connected QB Company Name",
            "quickbooks_realm_id": "Connected QB Company ID",
        }.items():
            self.assertEqual(labels[name], label)
        with Form(company) as form:
            form.quickbooks_use_sandbox = False
            form.quickbooks_use_document_numbers = True
            form.quickbooks_include_customer_name = True
        self.assertRecordValues(
            company,
            [
                {
                    "quickbooks_use_sandbox": False,
                    "quickbooks_use_document_numbers": True,
                    "quickbooks_include_customer_name": True,
                }
            ],
        )

    @guide("1.5")
    def test_connected_company_name_and_id_are_displayed_once_authenticated(self):
        company = self.as_manager(self.company)
        labels = {
            "quickbooks_company_name": "Connected QB Company Name",
            "quickbooks_realm_id": "Connected QB Company ID",
        }
        self.assertEqual(self.shown(labels), {})
        connection = self.connect()
        info = self.server.credentials()
        self.assertEqual(company.quickbooks_company_name, info["company_name"])
        self.assertEqual(company.quickbooks_realm_id, info["realm_id"])
        self.assertEqual(self.shown(labels), labels)
        connection._disconnect()
        self.assertEqual(self.shown(labels), {}, "it is connected no more")

    def shown(self, names):
        """Return the labels of those of the fields that the tab shows."""
        seen = self.seen()
        shown = seen.labels(seen.find(TAB))
        return {name: label for name, label in shown.items() if name in names}

    def test_each_option_tells_what_it_does(self):
        seen = self.as_manager(self.company).fields_get()
        for name, words in {
            "quickbooks_use_sandbox": "Connect to a QuickBooks sandbox company",
            "quickbooks_use_document_numbers": "Make sure that “Custom transaction "
            "numbers” is disabled in QuickBooks",
            "quickbooks_include_customer_name": "Once enabled, the name will always "
            "appear with the address",
        }.items():
            self.assertIn(words, seen[name]["help"])

    def test_use_sandbox_can_not_change_while_connected(self):
        self.connect()
        with self.assertRaisesRegex(ValidationError, "Disconnect"):
            self.as_manager(self.company).quickbooks_use_sandbox = False

    @guide("1.9")
    def test_all_quickbooks_actions_require_erp_manager_access(self):
        for user in self.others.values():
            company = self.as_manager(self.company, user)
            for action in ACTIONS:
                with (
                    self.subTest(user=user.login, action=action),
                    self.assertRaises(AccessError),
                ):
                    getattr(company, action)()

    def test_nobody_else_reads_or_writes_the_fields(self):
        names = [
            name for name in self.company._fields if name.startswith("quickbooks_")
        ]
        self.assertGreaterEqual(len(names), 12)
        for user in (self.others["employee"], self.others["accountant"]):
            company = self.as_manager(self.company, user)
            self.assertFalse(set(names) & set(company.fields_get()))
            for name in names:
                with self.subTest(user=user.login, field=name):
                    with self.assertRaises(AccessError):
                        company.read([name])
                    with self.assertRaises(AccessError):
                        company.write({name: False})

    def test_nobody_reads_a_token_over_rpc(self):
        token = self.connect().token_ids
        admin = new_test_user(
            self.env,
            "qb_root",
            groups="base.group_user,base.group_system",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        for user in (self.manager, admin):
            for name in ("access_token_sealed", "refresh_token_sealed"):
                with self.assertRaises(AccessError):
                    self.as_manager(token, user).read([name])
                with self.assertRaises(AccessError):
                    self.as_manager(token, user).export_data([name])
        with self.assertRaises(AccessError):
            self.as_manager(token, self.others["accountant"]).read(["state"])

    def test_the_engines_fields_can_not_be_written_over_rpc(self):
        connection = self.connect()
        with self.assertRaises(AccessError):
            self.as_manager(connection).write({"realm_id": "1"})
        with self.assertRaises(AccessError):
            self.as_manager(connection.token_ids).write({"state": "active"})


@tagged("post_install", "-at_install")
class TestGuide3ChooseBackgroundSyncUsers(CompanyTabCase):
    """The guide, section 3, as far as the choice of the users goes."""

    def add(self, user, sequence=10):
        return self.env["quickbooks.background.user"].create(
            {"company_id": self.company.id, "user_id": user.id, "sequence": sequence}
        )

    @guide("3.2", "3.3")
    def test_one_or_more_erp_managers_may_be_selected_in_order(self):
        second = self.new_manager("second", self.company)
        chosen = [
            Command.create({"user_id": user.id}) for user in (self.manager, second)
        ]
        self.as_manager(self.company).quickbooks_background_user_ids = chosen
        lines = self.company.quickbooks_background_user_ids
        self.assertEqual(lines.user_id.ids, [self.manager.id, second.id])
        lines[0].sequence = lines[1].sequence + 1
        self.company.invalidate_recordset()
        users = self.company.quickbooks_background_user_ids.user_id
        self.assertEqual(users.ids, [second.id, self.manager.id])
        tab = self.seen().find(TAB)
        [heading] = tab.xpath(".//separator[@name='quickbooks_background']")
        self.assertEqual(heading.get("string"), "Run Background Sync As")

    @guide("3.3")
    def test_only_erp_managers_can_be_selected(self):
        with self.assertRaisesRegex(ValidationError, "not an ERP manager"):
            self.add(self.others["accountant"])
        lines = self.as_manager(self.env["quickbooks.background.user"])
        offered = Domain(lines.fields_get(["user_id"])["user_id"]["domain"])
        people = self.manager | self.others["accountant"] | self.others["portal"]
        found = lines.env["res.users"].search(offered & Domain("id", "in", people.ids))
        self.assertEqual(found, self.manager)

    def test_a_user_without_access_to_the_company_can_not_be_selected(self):
        elsewhere = self.new_company("Elsewhere Ltd")
        stranger = self.new_manager("stranger", elsewhere)
        with self.assertRaisesRegex(ValidationError, "no access"):
            self.add(stranger)

    def test_the_list_tells_who_has_to_log_in(self):
        line = self.as_manager(self.add(self.manager))
        self.assertEqual(line.login_state, "missing")
        connection = self.connect()
        line.invalidate_recordset()
        self.assertEqual(line.login_state, "active")
        connection.token_ids._refuse("expired")
        line.invalidate_recordset()
        self.assertEqual(line.login_state, "reconnect")


@tagged("post_install", "-at_install")
class TestStateInWords(CompanyTabCase):
    """The tab tells how the link stands, and what to do next."""

    def status(self, user=None):
        company = self.as_manager(self.company, user)
        company.invalidate_recordset()
        return company.quickbooks_state, company.quickbooks_status

    def test_never_connected(self):
        state, words = self.status()
        self.assertEqual(state, "disconnected")
        self.assertIn("Press Connect to QuickBooks", words)

    def test_connected(self):
        connection = self.connect()
        state, words = self.status()
        self.assertEqual(state, "connected")
        self.assertIn(connection.quickbooks_company_name, words)
        self.assertIn(self.manager.name, words)

    def test_connected_by_somebody_else(self):
        second = self.new_manager("second", self.company)
        self.connect()
        state, words = self.status(second)
        self.assertEqual(state, "others")
        self.assertIn(self.manager.name, words)

    def test_log_in_again(self):
        self.connect().token_ids._refuse("expired")
        state, words = self.status()
        self.assertEqual(state, "attention")
        self.assertIn("log in again", words)

    def test_disconnected_but_remembered(self):
        connection = self.connect()
        connection._disconnect()
        state, words = self.status()
        self.assertEqual(state, "disconnected")
        self.assertIn(connection.quickbooks_company_name, words)

    def test_another_company_is_selected(self):
        other = self.new_company("Other Ltd")
        self.manager.company_ids += other
        company = self.as_manager(other).with_context(
            allowed_company_ids=self.company.ids
        )
        self.assertEqual(company.quickbooks_state, "elsewhere")
        self.assertIn("Other Ltd", company.quickbooks_status)
        with self.assertRaises(AccessError):
            company.action_quickbooks_connect()


@tagged("post_install", "-at_install")
class TestCompaniesNeverMix(CompanyTabCase):
    """A company never sees another's connection."""

    def test_a_manager_of_one_company_sees_nothing_of_another(self):
        connection = self.connect()
        other = self.new_company("Other Ltd")
        stranger = self.new_manager("stranger", other)
        env = self.env(user=stranger, context={"allowed_company_ids": other.ids})
        for record in (connection, connection.token_ids):
            self.assertFalse(env[record._name].search([("id", "in", record.ids)]))
            with self.assertRaises(AccessError):
                record.with_env(env).read(["company_id"])
        company = self.company.with_env(env)
        self.assertFalse(company.quickbooks_realm_id)
        self.assertFalse(company.quickbooks_connection_id)
