"""Memory that was given back by a report is used again by the next one."""

import os
import platform
import subprocess
import sys

import pytest

# Faults are what the system counts when it hands out a page nobody has used yet.
ROUNDS = """
import resource
import numpy as np
{setting}
def round():
    return [np.ones(500_000) for _ in range(8)]  # 4 MB each
round(), round()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(10):
    round()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def faults(setting: str) -> int:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")}
    ran = subprocess.run(
        [sys.executable, "-c", ROUNDS.format(setting=setting)],
        env=plain,
        capture_output=True,
        text=True,
        check=True,
    )
    return int(ran.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="a setting of glibc")
def test_arrays_of_a_few_megabytes_lie_where_the_last_ones_lay() -> None:
    # Without the setting each round asks for some of its 8,000 pages anew.
    assert faults("") > 10_000
    assert faults("import ecom.store") < 1_000
