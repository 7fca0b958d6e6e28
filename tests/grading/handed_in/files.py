"""Files as they arrive: beside the notebook, under other endings, damaged, in folders and zips."""

import base64
import io
import json

import numpy as np

from tests.grading.handed_in.make import (
    BOTH,
    RELU6,
    RULE,
    STUB,
    TF,
    Case,
    code,
    dumped,
    notebook,
    one,
    template,
    text,
    zipped,
)

GOOD = notebook(TF, RELU6, RULE)
SCRIPT = f"{TF}\n\n{RELU6}\n\n{RULE}\n".encode()
CLIP = f"{TF}\ndef clip6(x):\n    return tf.clip_by_value(x, 0.0, 6.0)\n"
CLIPPED = "def relu6(x):\n    return clip6(x)"
CAPPED = "def relu6(x):\n    return tf.clip_by_value(x, 0.0, float(TOP))"
UNREAD = {"relu6": None, "use_residual": None}
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)


def npy(value: float) -> bytes:
    data = io.BytesIO()
    np.save(data, np.array([value], "float32"))
    return data.getvalue()


def changed(**parts: object) -> bytes:
    """A right notebook in which top-level parts are others."""
    return json.dumps({**json.loads(GOOD), **parts}).encode()


def with_outputs(size: int) -> bytes:
    whole = json.loads(GOOD)
    whole["cells"][0]["outputs"] = [
        {"output_type": "stream", "name": "stdout", "text": ["x" * 99 + "\n"] * (size // 100)},
        {"output_type": "display_data", "metadata": {}, "data": {
            "application/vnd.jupyter.widget-view+json": {"model_id": "a"}, "text/plain": "B()"}},
    ]  # fmt: skip
    return dumped(whole)


OLD = {
    "nbformat": 3, "nbformat_minor": 0, "metadata": {"name": "", "signature": "sha256:0"},
    "worksheets": [
        {"metadata": {}, "cells": [
            {"cell_type": "heading", "level": 1, "metadata": {}, "source": ["Title"]},
            {"cell_type": "code", "language": "python", "input": [TF + "\n", RELU6],
             "outputs": [], "prompt_number": 1, "collapsed": False, "metadata": {}}]},
        {"metadata": {}, "cells": [
            {"cell_type": "code", "language": "python", "input": RULE, "outputs": []}]},
    ],
}  # fmt: skip


BESIDE = [
    Case("csv_beside",
         {"work.ipynb": notebook(f"import csv\nTOP = next(csv.reader(open('a.csv')))[0]\n{CAPPED}",
                                 RULE), "a.csv": b"6.0,a\n"},
         BOTH, "the answer reads a table beside it", checked=True),
    Case("csv_in_folder",
         {"work.ipynb": notebook("from pathlib import Path",
                                 f"TOP = Path('data', 'in', 'top.csv').read_text()\n{CAPPED}",
                                 RULE),
          "data/in/top.csv": b"6.0"},
         BOTH, "the answer reads a file two folders down"),
    Case("csv_above",
         {"notebooks/work.ipynb": notebook(f"TOP = open('../data/top.csv').read()\n{CAPPED}", RULE),
          "data/top.csv": b"6.0"},
         BOTH, "the answer reads a file in the folder beside its own"),
    Case("csv_of_windows",
         {"work.ipynb": notebook(f"TOP = open(r'.\\data\\top.csv').read()\n{CAPPED}", RULE),
          "data/top.csv": b"6.0"},
         {"relu6": 0, "use_residual": 10}, "a path as Windows writes it: not found here, and said",
         says=("top.csv",)),
    Case("arrays_beside",
         {"work.ipynb": notebook("import numpy as np\nTOP = np.load('top.npy')[0]", CAPPED, RULE),
          "top.npy": npy(6.0)},
         BOTH, "the answer reads numbers that are no text"),
    Case("picture_beside",
         {"work.ipynb": notebook(f"{TF}\npixel = tf.io.decode_png(tf.io.read_file('a.png'))\n"
                                 f"TOP = 6.0 + 0 * float(pixel[0, 0, 0])\n{CAPPED}", RULE),
          "a.png": PIXEL},
         BOTH, "the answer reads a picture", checked=True),
    Case("json_beside",
         {"work.ipynb": notebook("import json\nTOP = json.load(open('config.json'))['top']", CAPPED,
                                 RULE), "config.json": b'{"top": 6}', "notes.txt": b"6"},
         BOTH, "settings in a JSON file, which is no notebook"),
    Case("data_of_another_machine",
         {"work.ipynb": notebook(f"rows = open('/content/drive/MyDrive/rows.csv').read()\n{RELU6}",
                                 f"data = open('C:/Users/me/x.csv')\n{RULE}")},
         BOTH, "files of another machine are read, and not needed", says=("rows.csv",)),
    Case("needs_data_of_another_machine",
         {"work.ipynb": notebook(f"TOP = float(open('/content/top.txt').read())\n{CAPPED}", RULE)},
         {"relu6": 0, "use_residual": 10},
         "the answer needs a file of another machine, and no more",
         says=("/content/top.txt",), checked=True),
    Case("runs_notebook",
         {"work.ipynb": notebook("%run helper.ipynb", CLIPPED, RULE),
          "helper.ipynb": notebook(text("# Helper"), CLIP)},
         BOTH, "a notebook beside it is run", checked=True),
    Case("runs_script",
         {"work.ipynb": notebook(f"%run ./lib/helper.py\n{CLIPPED}", RULE),
          "lib/helper.py": CLIP.encode()},
         BOTH, "a script in a folder is run by the cell of the answer"),
    Case("runs_without_ending",
         {"work.ipynb": notebook("%run helper", CLIPPED, RULE), "helper.py": CLIP.encode()},
         BOTH, "what is run has no ending"),
    Case("imports_script",
         {"work.ipynb": notebook("from utils import *", "import lib.more as more", CLIPPED, RULE),
          "utils.py": CLIP.encode(), "lib/__init__.py": b"", "lib/more.py": b"x = 1"},
         BOTH, "a module and a package beside it are imported", checked=True),
    Case("imports_above",
         {"nb/work.ipynb": notebook("import sys\nsys.path.append('..')\nfrom helper import clip6",
                                    CLIPPED, RULE), "helper.py": CLIP.encode()},
         BOTH, "a module one folder up is imported"),
    Case("imports_notebook",
         {"work.ipynb": notebook(f"import helper\n{RELU6}", RULE), "helper.ipynb": notebook(CLIP)},
         BOTH, "a notebook is imported, which needs a package that is not here"),
    Case("executes_script",
         {"work.ipynb": notebook(f"exec(open('helper.py').read())\n{CLIPPED}", RULE),
          "helper.py": CLIP.encode()},
         BOTH, "a script beside it is executed as text"),
    Case("answer_in_module",
         {"work.ipynb": notebook("from answers import relu6, use_residual\nrelu6, use_residual",
                                 "check(relu6)\ncheck(use_residual)"),
          "answers.py": f"{TF}\n{RELU6}\n{RULE}\n".encode()},
         BOTH, "the answers are in a module, which the notebook imports"),
    Case("module_of_python_name",
         {"work.ipynb": notebook("import random, math", RELU6, RULE),
          "random.py": b"raise ValueError(1)", "keras.py": b"x = 1"},
         BOTH, "files beside it have the names of Python's own modules"),
    Case("writes_files",
         {"work.ipynb": notebook("import os\nos.makedirs('out/a', exist_ok=True)\n"
                                 "open('out/a/x.txt', 'w').write('6')\n"
                                 f"TOP = open('out/a/x.txt').read()\n{CAPPED}", RULE)},
         BOTH, "the notebook writes a file and reads it again"),
]  # fmt: skip


ENDINGS = [
    Case("saved_as_json", {"saved_as_json.json": GOOD}, BOTH, "the browser changed the ending",
         loose=True),
    Case("saved_as_txt", {"saved_as_txt.txt": GOOD}, BOTH, "the browser changed the ending",
         loose=True),
    Case("saved_as_both", {"saved_as_both.ipynb.txt": GOOD}, BOTH, "one ending below another",
         loose=True),
    Case("saved_as_ipynb_json", {"saved_as_ipynb_json.ipynb.json": GOOD}, BOTH, "the same",
         loose=True),
    Case("saved_without", {"saved_without": GOOD}, BOTH, "no ending at all", loose=True),
    Case("script_as_txt", {"script_as_txt.py.txt": SCRIPT}, BOTH, "a script that became text",
         loose=True),
    Case("hidden", {".hidden.ipynb": GOOD}, BOTH, "the name begins with a dot", loose=True),
    Case("hidden_in_folder", {".work.ipynb": GOOD}, BOTH, "the same in the folder of a learner"),
    Case("txt_in_folder", {"week 1/work.txt": GOOD}, BOTH,
         "the changed ending in a folder of a folder"),
    Case("notebook_as_script", {"work.py": GOOD}, BOTH, "a notebook with the ending of a script"),
    Case("script_as_notebook", {"work.ipynb": SCRIPT}, {}, "a script with the ending of a notebook",
         says=("Python",)),
    Case("web_page", {"work.ipynb": b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head>"
                                    b"<body><form>relu6</form></body></html>"},
         UNREAD, "a page for signing in was saved", says=("web page|HTML",)),
    Case("exported_page",
         {"exported_page.html": b"<html><body><pre>def relu6(x)</pre></body></html>"},
         UNREAD, "the notebook as a web page", says=(".html",), loose=True),
    Case("pdf_only", {"work.pdf": b"%PDF-1.4 relu6"}, UNREAD, "a print of the notebook alone",
         says=("no notebook|.pdf",)),
    Case("unmerged", {"work.ipynb": GOOD.replace(b'"cells": [',
         b'<<<<<<< HEAD\n "cells": [\n======='
                                                 b'\n "cells": [\n>>>>>>> 1a2b3c\n', 1)},
         UNREAD, "two versions that were never merged", says=("merge|conflict",)),
    Case("unmerged_cell", one(TF, f"<<<<<<< HEAD\n{RELU6}\n=======\n{RELU6}\n>>>>>>> other",
         RULE),
         {"use_residual": 10}, "the same inside of a cell", says=("merge|conflict",)),
    Case("stands_for_another",
         {"work.ipynb": b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n"},
         UNREAD, "what stands in for a large file", says=("LFS|pointer",)),
    Case("cut_off", {"work.ipynb": GOOD[: len(GOOD) * 2 // 3]}, UNREAD, "half of an upload",
         says=("cut off|incomplete|ends before|ends in the middle",)),
    Case("empty_file", {"work.ipynb": b""}, UNREAD, "nothing in the file", says=("empty",)),
    Case("no_cells", {"work.ipynb": notebook()}, UNREAD, "a notebook without cells",
         says=("no exercise|no cell|empty",)),
    Case("other_json", {"work.ipynb": b'{"name": "relu6", "points": [1, 2]}'}, UNREAD,
         "JSON that is no notebook", says=("no cells|not a notebook",)),
    Case("utf16", {"work.ipynb": GOOD.decode().encode("utf-16")}, {},
         "the encoding of a Windows shell", says=("UTF-16",)),
    Case("utf16_script", {"work.py": SCRIPT.decode().encode("utf-16")}, {}, "the same, a script",
         says=("UTF-16",)),
    Case("latin1", {"work.ipynb": notebook(f"# caf\u00e9\n{RELU6}").decode().encode("latin-1")}, {},
         "an encoding of one byte a letter", says=("UTF-8|Latin-1",)),
    Case("latin1_declared", {"work.py": "# -*- coding: latin-1 -*-\n# caf\u00e9\n".encode("latin-1")
                             + SCRIPT}, BOTH, "an encoding that the script itself names"),
    Case("byte_order_mark", {"work.ipynb": b"\xef\xbb\xbf" + GOOD}, BOTH, "a mark before the JSON"),
    Case("two_marks", {"work.py": b"\xef\xbb\xbf\xef\xbb\xbf" + SCRIPT}, BOTH,
         "a mark twice, from two programs"),
    Case("line_ends_of_windows", {"work.py": SCRIPT.replace(b"\n", b"\r\n")}, BOTH, "CRLF"),
    Case("line_ends_old", {"work.py": SCRIPT.replace(b"\n", b"\r")}, BOTH, "CR alone"),
    Case("line_ends_mixed", one(TF, RELU6.replace("\n", "\r\n") + "\r\n\r" + RULE.replace("\n",
         "\r")),
         BOTH, "both in one cell"),
    Case("page_break", {"work.py": SCRIPT.replace(b"\n\n", b"\n\x0c\n")}, BOTH, "form feeds"),
    Case("mark_in_cell", one(f"\ufeff{TF}\n{RELU6}", f"\ufeff{RULE}"), BOTH,
         "a mark at the start of a cell, pasted from a file", checked=True),
    Case("no_break_space", one(TF, RELU6.replace("    ", "\u00a0" * 4), RULE), {"use_residual": 10},
         "spaces of a web page indent the answer", says=("U+00A0",)),
    Case("no_break_space_beside", one(f"{TF}\nx =\u00a01\n{RELU6}", RULE), BOTH,
         "a space of a web page in another line of the cell"),
    Case("curly_quotes", one(f"{TF}\nprint(\u201chello\u201d)\n{RELU6}", RULE), BOTH,
         "quotes of a word processor in another line of the cell"),
    Case("zero_width", one(f"{TF}\u200b\n{RELU6}", RULE), BOTH, "a space that nobody sees"),
    Case("tabs", one(TF, "def relu6(x):\n    y = tf.maximum(x, 0.0)\n\treturn tf.minimum(y, 6.0)",
         RULE.replace("    ", "\t")), {"use_residual": 10}, "tabs beside spaces in one answer",
         says=("TabError|tab",)),
    Case("indented_cell", one(TF, "    " + RELU6.replace("\n", "\n    "), RULE), BOTH,
         "a whole cell is indented, which Jupyter runs"),
    Case("prompts_pasted", one(TF, ">>> " + RELU6.replace("\n", "\n... ") + "\n", RULE), BOTH,
         "pasted with the prompts of a console, which Jupyter runs"),
]  # fmt: skip


FORMATS = [
    Case("format_3", {"work.ipynb": dumped(OLD)}, BOTH, "the format of 2013, on two worksheets"),
    Case("ids_missing", {"work.ipynb": changed(nbformat_minor=5)}, BOTH, "cells want ids"),
    Case("ids_doubled", {"work.ipynb": changed(nbformat_minor=5, cells=[
         {**code(source), "id": "a"} for source in (TF, RELU6, RULE)])}, BOTH, "a cell was copied"),
    Case("ids_too_early", {"work.ipynb": changed(nbformat_minor=2, cells=[
         {**code(source), "id": "?" * 99} for source in (TF, RELU6, RULE)])}, BOTH,
         "ids before the format had them, and too long"),
    Case("metadata_list", {"work.ipynb": changed(metadata=[], cells=[
         {**code(source), "metadata": []} for source in (TF, RELU6, RULE)])}, BOTH,
         "lists where the format wants objects"),
    Case("format_missing", {"work.ipynb": dumped({"cells": [code(RELU6), code(RULE)]})}, BOTH,
         "nothing says which format it is"),
    Case("format_future", {"work.ipynb": changed(nbformat_minor=9, extra={"a": 1})}, BOTH,
         "a format that does not exist yet"),
    Case("source_missing", {"work.ipynb": changed(cells=[
         {"cell_type": "code"}, {"cell_type": "markdown"}, {"cell_type": "code", "source": None},
         *(code(source) for source in (TF, RELU6, RULE))])}, BOTH, "cells without a source"),
    Case("cell_of_no_kind", {"work.ipynb": changed(cells=[
         {"cell_type": "sql", "source": "SELECT 1", "metadata": {}},
         *(code(source) for source in (TF, RELU6, RULE))])}, BOTH, "a kind of cell of one program"),
    Case("large_outputs", {"work.ipynb": with_outputs(2_000_000)}, BOTH,
         "megabytes of output and a widget"),
    Case("many_cells", {"work.ipynb": notebook(*(f"x{n} = {n}" for n in range(250)), TF, RELU6,
         RULE,
         *(f"y{n} = x{n}" for n in range(250)))}, BOTH, "five hundred cells"),
    Case("long_line", one(f"data = '{'x' * 90_000}'\n{RELU6}", RULE), BOTH,
         "a picture in a string"),
    Case("surrogate", {"work.ipynb": GOOD.replace(b"import tensorflow", b"# \\ud83d\\nimport "
         b"tensorflow", 1)}, BOTH, "half of a picture letter in a comment"),
]  # fmt: skip


COPIES = [
    Case("copy_beside", {"01_relu6.ipynb": dumped(template("01_relu6", relu6=RELU6)),
         "Copy of 01_relu6.ipynb": dumped(template("01_relu6", relu6=RELU6))}, {"relu6": 10},
         "the same notebook twice", says=("several files",)),
    Case("stub_copy_beside", {"01_relu6.ipynb": dumped(template("01_relu6", relu6=STUB)),
         "01_relu6 (1).ipynb": dumped(template("01_relu6", relu6=RELU6))}, {"relu6": 10},
         "the template lies beside the answer", never=("Nothing has been written",
         "several files")),
    Case("checkpoint_copy", {"01_relu6.ipynb": dumped(template("01_relu6", relu6=RELU6)),
         ".ipynb_checkpoints/01_relu6-checkpoint.ipynb": dumped(template(
             "01_relu6", relu6="def relu6(x):\n    return x"))}, {"relu6": 10},
         "an older state that Jupyter keeps", never=("several files", "checkpoint")),
    Case("deep_folder", {"a/b/c/d/e/f/g/h/work.ipynb": GOOD}, BOTH, "many folders deep"),
    Case("zip_in_zip", {"zip_in_zip.zip": zipped({"a/inner.ZIP": zipped({"b/work.ipynb": GOOD}),
         "__MACOSX/a/._inner.ZIP": b"\0"})}, BOTH, "an archive in an archive", loose=True),
    Case("zip_with_data", {"zip_with_data.zip": zipped({"top/work.ipynb": notebook(
         f"TOP = open('data/top.txt').read()\n{CAPPED}", RULE), "top/data/top.txt": b"6.0"})}, BOTH,
         "an archive with data beside the notebook", loose=True),
    Case("folder_like_notebook", {"work.ipynb/work.ipynb": GOOD}, BOTH,
         "a folder with the ending of a notebook"),
    Case("odd_names", {"My work (final) [v2] + 100% - Ada's.ipynb": GOOD, "\u4f5c\u696d.txt": b"x"},
         BOTH, "all sorts of letters in names"),
    Case("two_chapters", {"01_relu6.ipynb": dumped(template("01_relu6", relu6=RELU6)),
         "05_residual.ipynb": dumped(template("05_residual", use_residual=RULE))}, BOTH,
         "two of the course's notebooks, other exercises in them not attempted"),
]  # fmt: skip

CASES = [*BESIDE, *ENDINGS, *FORMATS, *COPIES]
