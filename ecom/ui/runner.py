"""A page is told to its end before it looks for news.

A runner that has finished takes no further request, while what it has drawn may still wait to be
passed on to the browser. Streamlit then makes another runner and drops what the first had to say
(1.67, ``AppSession.request_rerun``): the page lacks its last charts, and never hears that its run
is over. With twenty readers that befell one change in two hundred, always by a fragment that runs
every so often. Such a fragment has another turn soon, so this one is left out.
"""

from streamlit.runtime.scriptrunner import RerunData, ScriptRunner

_request = ScriptRunner.request_rerun


def finish_before_looking() -> None:
    """Let fragments that run every so often miss a turn rather than cut off a page."""
    ScriptRunner.request_rerun = _take_or_leave_out  # type: ignore[method-assign]  # no setting


def _take_or_leave_out(self: ScriptRunner, rerun_data: RerunData) -> bool:
    # What is said to be taken leaves the runner in its place until all it had to say is passed on.
    return _request(self, rerun_data) or rerun_data.is_auto_rerun
