"""What every test stands on: a quiet TensorFlow, figures without a window, the quick profile; on CI, a browser."""

import os

import pytest

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["MPLBACKEND"] = "Agg"
os.environ["FACEGEN_PROFILE"] = "quick"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """A skipped browser test is a failure where `CI` is set: there the browser has to be."""
    report = yield
    if report.skipped and item.get_closest_marker("browser") and os.environ.get("CI"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, which CI does not allow: {call.excinfo.value}"
    return report
