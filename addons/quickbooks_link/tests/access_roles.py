"""What each kind of user may do: found by trying it, for the access matrix."""

import inspect
import logging
from contextlib import contextmanager

import psycopg2
from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

ADDON = "odoo.addons.quickbooks_link."
OPERATIONS = {"read": "R", "write": "W", "create": "C", "unlink": "D"}
NOTHING = "–"
MAGIC = ("id", "create_uid", "create_date", "write_uid", "write_date")
# What the methods that want arguments are called with.
ARGUMENTS = {"kind": "customers", "least": 90, "limit": 1, "on_call": None}


def own_models(env):
    """Return the names of the models that this addon adds, sorted."""
    return sorted(
        name
        for name, model in env.registry.items()
        if model._original_module == "quickbooks_link" and not model._abstract
    )


def own_methods(env):
    """Yield model and name of every method of ours that RPC can reach."""
    for name in sorted(env.registry):
        model = env.registry[name]
        if model._abstract:
            continue
        for method in sorted({m for cls in model.mro() for m in _methods_of(cls)}):
            if not _is_of_odoo(model, method):
                yield name, method


def _methods_of(cls):
    if not cls.__module__.startswith(ADDON):
        return ()
    return [
        name
        for name, value in vars(cls).items()
        if not name.startswith("_")
        and callable(value)
        and not isinstance(value, type)
        and not getattr(value, "_api_private", False)
    ]


def _is_of_odoo(model, method):
    """Return whether Odoo itself has the method, and we only extend it."""
    return any(
        method in vars(cls) and not cls.__module__.startswith(ADDON)
        for cls in model.mro()
        if cls.__module__.startswith("odoo.") and cls is not model
    )


class Samples:
    """A record of each model, made where there is none."""

    def __init__(self, env, given):
        """
        :param given: records that are there, each the sample of its model
        """
        self.env = env(su=True)
        self.made = {record._name: record.with_env(self.env) for record in given}
        self.company = self.made["res.company"]

    def of(self, name):
        if name not in self.made:
            self.made[name] = self._find(name) or self._try_to_make(name)
        return self.made[name]

    def _try_to_make(self, name):
        """Return a record; none where no plain one is possible."""
        try:
            return self._make(name)
        except (UserError, psycopg2.Error, ValueError) as error:
            _logger.info("No sample of %s: %r", name, error)
            return self.env[name]

    def _find(self, name):
        model = self.env[name].with_context(active_test=False)
        domain = []
        if "company_id" in model._fields and model._fields["company_id"].store:
            domain = [("company_id", "=", self.company.id)]
        return model.search(domain, limit=1)

    def _make(self, name):
        model = self.env[name]
        values = {
            field.name: self._value(field)
            for field in model._fields.values()
            if (field.required or field.name == "company_id")
            and field.store
            and not field.related
            and not (field.compute and not field.inverse)
            and field.name not in MAGIC
        }
        if hasattr(model, "move_id") and name.startswith("quickbooks.document."):
            values["move_id"] = self.of("quickbooks.document").move_id.id
        with self.env.cr.savepoint():
            return model.create(values)

    def _value(self, field):
        if field.comodel_name == "res.company":
            return self.company.id
        if field.type == "many2one":
            return self.of(field.comodel_name).id
        if field.type == "selection":
            return field.get_values(self.env)[0]
        by_type = {
            "many2many": [Command.set(self.of(field.comodel_name).ids)]
            if field.type == "many2many"
            else [],
            "date": fields.Date.today(),
            "datetime": fields.Datetime.now(),
            "boolean": True,
            "json": {"sample": True},
        }
        if field.type in ("integer", "float", "monetary", "many2one_reference"):
            return 1
        return by_type.get(field.type, f"sample of {field.name}")


class Trial:
    """Tries things as one user, and takes them back."""

    def __init__(self, env, user, company):
        self.user, self.company = user, company
        self.env = env(
            user=user, context={"allowed_company_ids": user.company_ids.ids}, su=False
        )

    def seen(self, record):
        if record._transient and self.company.id in self.user.company_ids.ids:
            self._make_own(record)
        return record.with_env(self.env)

    def _make_own(self, record):
        """Let the wizard be one that the user has opened."""
        record.env.flush_all()
        table = SQL.identifier(record._table)
        query = SQL(
            "UPDATE %s SET create_uid = %s WHERE id = ANY(%s)",
            *(table, self.user.id, record.ids),
        )
        record.env.cr.execute(query)
        record.invalidate_recordset(["create_uid"], flush=False)

    def operations(self, record):
        """Return the letters of what the user may do with ``record``."""
        self.env.invalidate_all()
        seen = self.seen(record)
        letters = [
            letter
            for operation, letter in OPERATIONS.items()
            if seen.has_access(operation)
        ]
        return "".join(letters) or NOTHING

    def field(self, record, field):
        """Return R, RW or nothing for one field of ``record``."""
        seen, letters = self.seen(record), ""
        writable = field.store or field.inverse
        for operation, letter in (("read", "R"), ("write", "W")):
            may = seen.has_access(operation) and seen._has_field_access(
                field, operation
            )
            if may and (operation == "read" or writable):
                letters += letter
        return letters or NOTHING

    def sees(self, menu):
        """Return whether the menu is shown to the user."""
        menus = self.seen(menu)
        if not menus.has_access("read"):
            return False
        shown = menus._visible_menu_ids()
        while menu and menu.id in shown:
            menu = menu.parent_id
        return not menu

    def calls(self, record, name):
        """Return whether the method runs for the user, whatever comes of it."""
        cr = self.env.cr
        with self._quietly(), cr.savepoint() as savepoint:
            try:
                self._call(record, name)
                may = True
            except AccessError:
                may = False
            except Exception:
                may = True
            self.env.invalidate_all(flush=False)
            savepoint.rollback()
        for hooks in (cr.postcommit, cr.precommit, cr.postrollback):
            hooks.clear()
        self.env.invalidate_all(flush=False)
        return may

    def _call(self, record, name):
        method = getattr(self.seen(record), name)
        known = {**ARGUMENTS, "company_id": self.company.id}
        wanted = [
            parameter.name
            for parameter in inspect.signature(method).parameters.values()
            if parameter.default is inspect.Parameter.empty
            and parameter.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
        ]
        return method(*(known[parameter] for parameter in wanted))

    @contextmanager
    def _quietly(self):
        logging.disable(logging.CRITICAL)
        try:
            yield
        finally:
            logging.disable(logging.NOTSET)
