"""The instructor's page, followed literally: its files are written and its commands are run."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from mnv2_tutor.authoring.course import ROOT
from tests.grading.submissions import has_to_do_without

if not sys.platform.startswith("linux"):
    pytest.skip("grades on Linux", allow_module_level=True)

PAGE = ROOT / "book" / "instructor.md"
BLOCK = re.compile(r"^```(?:\{code-block\} )?(\w+)\n(?::caption: (\S+)\n)?(.*?)^```$", re.M | re.S)


def steps():
    """In order: (file name, text) of a file to write, or (command, expected output)."""
    for kind, caption, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if caption:
            yield "file", caption, text
        elif kind == "console":
            for command, output in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", text, re.M):
                yield "command", command, output


def fits(found, shown):
    """Line by line, where ``...`` stands for anything; no terminal shows a byte order mark."""
    pattern = "".join(
        ".*".join(map(re.escape, line.split("..."))) + r"\n" for line in shown.splitlines()
    )
    return re.fullmatch(pattern, found.removeprefix("\N{BYTE ORDER MARK}")) is not None


@pytest.mark.long
def test_every_command_prints_what_the_page_shows(tmp_path):
    if has_to_do_without():
        pytest.skip("no bubblewrap on this machine: see mnv2-tutor doctor")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = []
    for kind, name, text in steps():
        if kind == "file":
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(text, encoding="utf-8")
            continue
        ran = subprocess.run(
            ["bash", "-c", name], cwd=tmp_path, env={**os.environ, "PATH": path},
            capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stderr
        assert fits(ran.stdout, text), f"$ {name}\n{ran.stdout}"
        done.append(name.split()[0])
    assert done.count("mnv2-tutor") == 4
