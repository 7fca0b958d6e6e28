"""Installed alone, from a wheel: no checkout beside it."""

import os
import subprocess
import sys
import zipfile

import pytest

from mnv2_tutor.authoring.course import ROOT

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", folder, ROOT]
    subprocess.run(command, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_all_data_and_no_tests(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    for part in (
        "mnv2_tutor/_solutions/01_relu6.ipynb",
        "mnv2_tutor/course/answers/relu6.json",
        "mnv2_tutor/course/words/en/relu6.toml",
        "mnv2_tutor/course/questions/en/01_relu6.toml",
        "mnv2_tutor/engine/report/report.html.j2",
        "mnv2_tutor/viz/course.mplstyle",
        "mnv2_tutor/authoring/jupyter/kernels/python3/kernel.json",
    ):
        assert part in names
    assert not [name for name in names if name.startswith(("tests", "tools", "book"))]


def test_the_solution_opens_from_an_installed_wheel(wheel, tmp_path):
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    code = (
        f"import sys; sys.path.insert(0, {str(site)!r})\n"
        "import mnv2_tutor; assert mnv2_tutor.__file__.startswith(sys.path[0])\n"
        "from mnv2_tutor import check, solution\n"
        "def count_params(kind, k, c_in, c_out):\n"
        "    area, out = 1 if kind == 'pointwise' else k * k, 1 if kind == 'depthwise' else c_out\n"
        "    return c_in * (area + c_out) if kind == 'separable' else area * c_in * out\n"
        "assert check(count_params).passed\n"
        "print(solution('count_params'))"
    )
    environment = {**os.environ, "MNV2_TUTOR_HOME": str(tmp_path / "home")}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert "def count_params" in done.stdout, done.stderr
