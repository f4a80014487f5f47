"""Runs the suites of this folder and says of each case on a line of JSON how it went."""

import json
import sys
import traceback
import unittest
from pathlib import Path


class Lines(unittest.TestResult):
    """A line for each case, as soon as it is over."""

    def _say(self, case, problem=None, skipped=None):
        line = {"name": case.shortDescription() or case.id(), "problem": problem, "skipped": skipped}
        print(json.dumps(line), flush=True)

    def _problem(self, case, error):
        self._say(case, "".join(traceback.format_exception(*error)))

    def addSuccess(self, test):
        super().addSuccess(test)
        self._say(test)

    def addError(self, test, err):
        super().addError(test, err)
        self._problem(test, err)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._problem(test, err)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._say(test, skipped=reason)


if __name__ == "__main__":
    suite = unittest.defaultTestLoader.discover(str(Path(__file__).parent), pattern="test_*.py")
    sys.exit(not suite.run(Lines()).wasSuccessful())
