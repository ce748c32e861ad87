"""The sums of a test run are only as good as the reading of Odoo's log."""

import re

from devtools.odoolog import OdooLog

TESTS = "odoo.addons.quickbooks_link.tests.test_x"


def line(message: str, level: str = "INFO", logger: str = TESTS) -> str:
    return f"2026-11-23 23:51:31,039 742 {level} some_db {logger}: {message} \n"


def read(*lines: str, allowed: str = "never matches") -> OdooLog:
    log = OdooLog([re.compile(allowed)])
    for one in lines:
        log.feed(one)
    return log


def test_a_test_without_complaint_passed():
    log = read(line("Starting TestX.test_a ..."), line("Starting TestX.test_b ..."))
    assert len(log.passed) == 2
    assert not log.failed


def test_a_test_with_two_failing_sub_tests_failed_once():
    log = read(
        line("Starting TestX.test_a ..."),
        line("FAIL: Subtest TestX.test_a (n=1)", "ERROR"),
        line("FAIL: Subtest TestX.test_a (n=2)", "ERROR"),
    )
    assert len(log.failed) == 1
    assert not log.passed
    assert not log.unexpected


def test_same_name_in_two_files_is_two_tests():
    log = read(
        line("Starting TestX.test_a ..."),
        line("Starting TestX.test_a ...", logger="odoo.addons.other.tests.test_y"),
    )
    assert len(log.passed) == 2


def test_each_class_that_could_not_be_set_up_failed():
    log = read(
        line("ERROR: setUpClass (a.tests.TestX)", "ERROR", "odoo.tests.suite"),
        line("ERROR: setUpClass (a.tests.TestY)", "ERROR", "odoo.tests.suite"),
    )
    assert len(log.failed) == 2


def test_a_skipped_test_did_not_pass_and_keeps_its_reason():
    log = read(
        line("Starting TestX.test_a ..."),
        line("skipped TestX.test_a : no browser"),
    )
    assert list(log.skipped.values()) == ["no browser"]
    assert not log.passed


def test_a_warning_is_unexpected_unless_allowed():
    warning = line("something odd", "WARNING")
    assert read(warning).unexpected == [warning.rstrip()]
    assert not read(warning, allowed="something odd").unexpected


def test_the_sums_are_no_warnings_and_end_the_run():
    log = read(
        line("1 failed, 2 error(s) of 9 tests when loading database 'x'", "ERROR")
    )
    assert log.finished
    assert log.sum_failed == 3
    assert not log.unexpected


def test_a_log_that_breaks_off_is_not_finished():
    assert not read(line("Starting TestX.test_a ...")).finished


def test_a_traceback_is_shown_with_its_error_only():
    log = OdooLog([])
    assert log.feed(line("FAIL: TestX.test_a", "ERROR"))
    assert log.feed("Traceback (most recent call last):\n")
    assert not log.feed(line("Starting TestX.test_b ..."))
    assert not log.feed("something printed\n")
