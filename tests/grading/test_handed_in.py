"""What counts as a submission, and as an exercise in it: nobody is left out without a word."""

import io
import tarfile
import zipfile

import nbformat
import pytest

from mnv2_tutor.authoring.course import SOLUTIONS
from mnv2_tutor.errors import Unusable
from mnv2_tutor.grading.archives import opened
from mnv2_tutor.grading.intake import class_of as found_in
from mnv2_tutor.grading.intake import collect, digest_of
from mnv2_tutor.source.statements import parts_of
from mnv2_tutor.submission.content import kind_of
from mnv2_tutor.submission.damage import what_is_wrong
from mnv2_tutor.submission.notebook import read_notebook, read_script
from tests.grading.submissions import RIGHT_RULE, notebook_bytes

CELL = nbformat.writes(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(RIGHT_RULE)]))


def zipped(*names, content=CELL):
    return zip_of(dict.fromkeys(names, content))


def zip_of(files):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


def tar_of(files, mode="w:gz"):
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode=mode) as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return data.getvalue()


def lay(folder, files):
    """Write files, by their paths; what is None is an empty folder."""
    for name, content in files.items():
        path = folder / name
        if content is None:
            path.mkdir(parents=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def class_of(path):
    """Names of the submissions, with their files or with what is wrong with them."""
    found: dict[str, list[str] | str] = {}
    for one in collect(path):
        try:
            found[one.name] = sorted(one.files())
        except Unusable as error:
            found[one.name] = str(error)
    return found


def test_endings_in_capitals_count(tmp_path):
    lay(tmp_path, {"Ben.ZIP": zipped("WORK.IPYNB"), "Cleo.IPYNB": CELL, "Dan.PY": RIGHT_RULE})
    assert class_of(tmp_path) == {
        "Ben": ["WORK.ipynb"], "Cleo": ["Cleo.ipynb"], "Dan": ["Dan.py"],
    }  # fmt: skip


NOTEBOOK, SCRIPT = CELL.encode(), RIGHT_RULE.encode()


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("plain.json", NOTEBOOK, "notebook"),
        ("plain.txt", NOTEBOOK, "notebook"),
        ("plain", NOTEBOOK, "notebook"),
        ("a.ipynb.txt", NOTEBOOK, "notebook"),
        ("a.ipynb.json", NOTEBOOK, "notebook"),
        ("a.py", NOTEBOOK, "notebook"),
        ("a.IPYNB", b"\xef\xbb\xbf" + NOTEBOOK, "notebook"),
        ("a.txt", CELL.encode("utf-16"), "notebook"),
        ("cut.json", NOTEBOOK[:-60], "notebook"),
        ("a.ipynb.txt", b"hello", "notebook"),
        ("a.ipynb", b"<html>", "notebook"),
        ("plain.txt", SCRIPT, "script"),
        ("plain", SCRIPT, "script"),
        ("a.py.txt", b"x = 1", "script"),
        ("a.ipynb", SCRIPT, "script"),
        ("a.txt", RIGHT_RULE.encode("utf-16"), "script"),
        ("a.txt", b"!pip install keras\ndef relu6(x)\n    return x", "script"),
        ("read me.txt", b"Please write relu6 and use_residual.", "data"),
        ("read me.md", b"# Task\n\n```\ndef relu6(x): ...\n```\n", "data"),
        ("marks.csv", b"name,relu6\nAda,10\n", "data"),
        ("settings.json", b'{"relu6": 1}', "data"),
        ("points.toml", b"[relu6.points]\ncap = 1\n", "data"),
        ("picture.png", b"\x89PNG\r\n\x1a\n", "data"),
    ],
)
def test_the_content_of_a_file_says_what_it_is(name, data, kind):
    assert kind_of(name, data) == kind


@pytest.mark.parametrize("name", ["plain.json", "plain.txt", "plain", ".name.ipynb", "a.ipynb.txt"])
def test_a_notebook_under_any_name_has_a_row(tmp_path, name):
    lay(tmp_path, {"ada.ipynb": CELL, name: CELL})
    assert len(class_of(tmp_path)) == 2
    assert all(len(files) == 1 for files in class_of(tmp_path).values())
    assert found_in(tmp_path).others == ()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("dan.rar", b"Rar!\x1a\x07", "a .rar archive"),
        ("dan.7z", b"7z\xbc\xaf\x27\x1c", "a .7z archive"),
        ("eve.ipynb.txt", b"something", "text, and no notebook"),
        ("fay.html", b"<!doctype html><title>x", "a saved web page"),
        ("gil.pdf", b"%PDF-1.7", "a PDF"),
        ("hal", b"\x89PNG", "a picture"),
        ("ida.docx", b"PK\x03\x04[Content_Types].xml word/document.xml", "a document of Word"),
        ("jan.ipynb.icloud", b"bplist00", "still in the cloud"),
    ],
)
def test_a_file_of_another_kind_is_a_row_that_says_which(tmp_path, name, content, reason):
    lay(tmp_path, {"ada.ipynb": CELL, name: content})
    found = class_of(tmp_path)
    if ".ipynb" in name:
        assert found[name.removesuffix(".ipynb.txt")] == [name]  # its reader says what is wrong
    else:
        assert reason in found[name]


def test_what_lies_beside_the_submissions_has_no_row_and_is_said(tmp_path):
    lay(tmp_path, {"ada.ipynb": CELL, "names.csv": "x", "points.toml": "x", "read me.txt": "x"})
    lay(tmp_path, {".DS_Store": "x", "__MACOSX/._ada.ipynb": "x", "._ben.ipynb": b"\0\5\x16\7"})
    assert [*class_of(tmp_path)] == ["ada"]
    assert found_in(tmp_path).others == ("names.csv", "points.toml", "read me.txt")


def test_a_file_of_a_learner_may_begin_with_a_dot_and_a_line(tmp_path):
    assert len(class_of(lay(tmp_path, {"ada.ipynb": CELL, "._ben.ipynb": CELL}))) == 2


def test_an_empty_folder_and_an_empty_zip_have_rows(tmp_path):
    lay(tmp_path, {"ada": None, "ben.zip": zipped(), "cleo/.DS_Store": "x", "dan.ipynb": CELL})
    found = class_of(tmp_path)
    assert [*found] == ["ada", "ben", "cleo", "dan"]
    assert all("no notebook" in found[name] for name in ("ada", "ben", "cleo"))
    with zipfile.ZipFile(tmp_path.parent / "class.zip", "w") as archive:
        for name in ("ada/", "class/cleo/", "dan.ipynb"):
            archive.writestr(name, CELL if name.endswith("b") else "")
    assert {"ada", "dan"} < {*class_of(tmp_path.parent / "class.zip")}


@pytest.mark.parametrize("make", [zip_of, tar_of, lambda files: tar_of(files, "w:xz")])
def test_archives_of_all_depths_are_looked_into(tmp_path, make):
    inner = make({"deep/01_relu6.ipynb": NOTEBOOK})
    ending = "zip" if make is zip_of else "tar.gz"
    outer = make({f"work.{ending}": inner})
    lay(tmp_path, {f"ada/in/here.{ending}": outer, f"Ben.{ending}": outer, "cleo.ipynb": inner})
    assert class_of(tmp_path) == {
        "ada": ["01_relu6.ipynb"], "Ben": ["01_relu6.ipynb"],
        "cleo": ["01_relu6.ipynb"],
    }  # fmt: skip


def test_a_zip_that_holds_itself_too_often_is_refused(tmp_path):
    data = zipped("01_relu6.ipynb")
    for _ in range(12):
        data = zip_of({"a.zip": data})
    lay(tmp_path, {"ada.zip": data, "ben.ipynb": CELL})
    assert "archives within archives" in class_of(tmp_path)["ada"]


def test_a_tar_that_unpacks_to_too_much_is_refused():
    with pytest.raises(Unusable, match="larger than 1 MB unpacked"):
        opened(tar_of({"a.ipynb": bytes(3_000_000)}), 1_000_000)


@pytest.mark.parametrize("name", ["../evil.ipynb", "/etc/evil.ipynb"])
@pytest.mark.parametrize("make", [zip_of, tar_of])
def test_a_name_that_leads_out_of_an_archive_is_refused(tmp_path, make, name):
    ending = "zip" if make is zip_of else "tar"
    lay(tmp_path, {f"ada.{ending}": make({name: NOTEBOOK}), "ben.ipynb": CELL})
    assert "leads out" in class_of(tmp_path)["ada"]


def test_a_link_takes_no_file_beside_it_along(tmp_path):
    lay(tmp_path, {"ada/01_relu6.ipynb": CELL, "ada/x.csv": "1"})
    (tmp_path / "ada" / "data").symlink_to("/etc")
    (tmp_path / "ada" / "02.ipynb").symlink_to("/etc/passwd")
    (one,) = collect(tmp_path)
    files = one.files()
    assert sorted(files) == ["01_relu6.ipynb", "x.csv"]
    assert [*map(str, files.unread.values())] == ["02.ipynb is a link that leads out of the folder"]
    assert files.left_behind == ["data is a link that leads out of the folder"]


CANVAS = {
    "adalovelace_101_5001_01_relu6.ipynb": CELL, "adalovelace_101_5002_helper.py": "x = 1",
    "adalovelace_LATE_101_5009_data.csv": "1,2", "benbit_LATE_102_5003_essay.pdf": b"%PDF",
    "cleoc_103_5004_work.zip": zipped("02_expansion.ipynb"), "anon_X7f_5005_plain.txt": CELL,
}  # fmt: skip


@pytest.mark.parametrize("within", ["", "in/"])
@pytest.mark.parametrize("is_zip", [True, False])
def test_what_canvas_names_after_one_learner_is_one_submission(tmp_path, is_zip, within):
    files = {f"{within}{name}": content for name, content in CANVAS.items()}
    path = lay(tmp_path, {"class.zip": zip_of(files)} if is_zip else files)
    found = class_of(path / "class.zip" if is_zip else path)
    assert found == {
        "adalovelace_101": ["01_relu6.ipynb", "data.csv", "helper.py"],
        "anon_X7f": ["plain.txt"],
        "benbit_102": found["benbit_102"],
        "cleoc_103": ["02_expansion.ipynb"],
    }
    assert "a PDF" in found["benbit_102"]


@pytest.mark.parametrize(
    "names",
    [
        ("lab_01_02_ada.ipynb", "lab_01_03_ben.ipynb", "lab_01_04_cleo.ipynb"),
        ("ada_1_2_x.ipynb", "ben_1_3_x.ipynb", "cleo_1_4_x.ipynb"),
    ],
)
def test_a_number_in_a_name_joins_nobody(tmp_path, names):
    assert len(class_of(lay(tmp_path, dict.fromkeys(names, CELL)))) == 3


def test_files_of_canvas_are_known_beside_others(tmp_path):
    names = ("ada_7_11_a.ipynb", "ada_late_7_12_b.ipynb", "anon_9_13_a.ipynb", "by mail.ipynb")
    lay(tmp_path, {**dict.fromkeys(names, CELL), "list.csv": "x"})
    assert [*class_of(tmp_path)] == ["ada_7", "anon_9", "by mail"]


@pytest.mark.parametrize("is_zip", [True, False])
def test_a_folder_or_a_zip_that_is_alone_and_full_of_notebooks_is_the_class(tmp_path, is_zip):
    names = ("ada.ipynb", "ben.ipynb", "cleo.ipynb")
    packed = {"hw.zip": zipped(*names)}
    lay(tmp_path, packed if is_zip else {f"hw/{name}": CELL for name in names})
    assert [*class_of(tmp_path)] == ["ada", "ben", "cleo"]


MOODLE = {
    "Ada Lovelace_77_assignsubmission_file/01_relu6.ipynb": CELL,
    "Ada Lovelace_77_assignsubmission_file/x.csv": "1",
    "Ada Lovelace_77_assignsubmission_onlinetext/onlinetext.html": "<!doctype html>",
    "Ben Ö_78_assignsubmission_onlinetext_/onlinetext.html": "<!doctype html>",
    "Ada Lovelace_79_assignsubmission_file_01_relu6.ipynb": CELL,
}


@pytest.mark.parametrize("within", ["", "in/"])
@pytest.mark.parametrize("is_zip", [True, False])
def test_what_moodle_names_after_one_learner_is_one_submission(tmp_path, is_zip, within):
    files = {f"{within}{name}": content for name, content in MOODLE.items()}
    path = lay(tmp_path, {"class.zip": zip_of(files)} if is_zip else files)
    found = class_of(path / "class.zip" if is_zip else path)
    assert found == {
        "Ada Lovelace_77": ["01_relu6.ipynb", "onlinetext/onlinetext.html", "x.csv"],
        "Ada Lovelace_79": ["01_relu6.ipynb"],
        "Ben Ö_78": found["Ben Ö_78"],
    }
    assert "a saved web page" in found["Ben Ö_78"]


def test_the_zip_of_a_platform_in_the_folder_of_the_class_is_the_class(tmp_path):
    lay(tmp_path, {"moodle.zip": zip_of(MOODLE), "canvas.zip": zip_of(CANVAS)})
    assert len(class_of(tmp_path)) == 7


def test_sections_of_a_class_are_looked_into(tmp_path):
    lay(tmp_path, {f"A/{name}/01_relu6.ipynb": CELL for name in ("ada", "ben")})
    lay(tmp_path, {f"B/{name}/01_relu6.ipynb": CELL for name in ("ben", "cleo")})
    assert [*class_of(tmp_path)] == ["A/ben", "ada", "B/ben", "cleo"]


@pytest.mark.parametrize(
    "paths",
    [
        ("src/01_relu6.ipynb", "extra/helper.py"),
        ("src/work.ipynb", "extra/more.ipynb"),
        ("ch1/01_relu6.ipynb", "ch2/02_expansion.ipynb"),
        ("attempt 1/01_relu6.ipynb", "attempt 2/01_relu6.ipynb"),
        ("01_relu6.ipynb", "mine/helper.py"),
        ("work.ipynb", "tools.py"),
        ("work.ipynb", "data/x.csv"),
    ],
)
def test_a_zip_of_a_folder_of_one_learner_is_one_submission(tmp_path, paths):
    cell = notebook_bytes("from tools import *", RIGHT_RULE)
    (tmp_path / "one.zip").write_bytes(zip_of({f"ada/{path}": cell for path in paths}))
    assert class_of(tmp_path / "one.zip") == {"ada": sorted(paths)}


def test_a_copy_of_a_download_stays_with_its_owner(tmp_path):
    names = ("01_relu6.ipynb", "01_relu6 (1).ipynb", "01_relu6-1.ipynb")
    (tmp_path / "one.zip").write_bytes(zipped(*(f"ada/{name}" for name in names[1:])))
    assert class_of(tmp_path / "one.zip") == {"ada": sorted(names[1:])}
    lay(tmp_path / "class", {f"ada/{name}": CELL for name in names})
    assert class_of(tmp_path / "class") == {"ada": sorted(names)}


def test_data_comes_along_and_counts_in_the_digest(tmp_path):
    files = {"nb.ipynb": CELL, "data/x.csv": "1,2", "y.npy": b"\x93NUMPY", "z.json": "{}"}
    lay(tmp_path / "ada", files)
    (one,) = collect(tmp_path)
    before = one.files()
    assert sorted(before) == sorted(files)
    lay(tmp_path / "ada", {"data/x.csv": "3,4"})
    assert digest_of(before) != digest_of(one.files())


def test_data_that_is_too_much_takes_no_notebook_along(tmp_path):
    lay(tmp_path / "ada", {f"a{n:03}.csv": "1" for n in range(250)})
    lay(tmp_path / "ada", {"work.ipynb": CELL, "a.bin": bytes(15_000_001)})
    lay(
        tmp_path / "ada",
        {f"my env/lib/{n}.py": "1" for n in range(250)} | {"my env/pyvenv.cfg": ""},
    )
    (one,) = collect(tmp_path)
    files = one.files()
    assert "work.ipynb" in files
    assert len(files) == 200
    assert any("larger than 15 MB" in reason for reason in files.left_behind)
    assert not any("my env" in path for path in files)


def test_data_beside_a_flat_class_goes_to_who_names_it_and_lists_of_people_to_nobody(tmp_path):
    reads = notebook_bytes("open('data.csv'), open('list.csv'), open('points.toml')", RIGHT_RULE)
    lay(tmp_path, {"ada.ipynb": reads, "ben.ipynb": CELL, "data.csv": "a,b\n1,2\n"})
    lay(tmp_path, {"list.csv": "Student,ID\nAda,1\n", "points.toml": "x"})
    assert class_of(tmp_path) == {"ada": ["ada.ipynb", "data.csv"], "ben": ["ben.ipynb"]}
    assert found_in(tmp_path).others == ("data.csv", "list.csv", "points.toml")


def test_a_checkout_of_the_course_brings_no_answers(tmp_path):
    names = (
        "solutions/01_relu6.ipynb",
        "mnv2_tutor/course/answers/relu6.py",
        "book/01_relu6.ipynb",
    )
    lay(tmp_path, {f"ada/course/{name}": CELL for name in names})
    assert class_of(tmp_path) == {"ada": ["course/book/01_relu6.ipynb"]}


def test_no_name_reaches_a_line_with_what_a_terminal_obeys(tmp_path):
    evil = "\x1b[31m\u202eeve"
    lay(tmp_path, {f"{evil}.csv": "x", f"{evil}.pdf": b"%PDF", "ada.ipynb": CELL})
    lay(tmp_path, {"ben.zip": zip_of({f"{evil}.html": "<html>"})})
    said = [*class_of(tmp_path).values(), *found_in(tmp_path).others]
    assert all(text.isprintable() for text in map(str, said)), said


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"cells": [\n<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> theirs\n]}', "merge conflict"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "Git LFS"),
        (b"<!DOCTYPE html><title>Log in</title>", "asks to log in"),
        (b"<html><body>01_relu6.ipynb", "a saved web page (HTML)"),
        (NOTEBOOK[:-50], "cut off"),
        (b'{"cells": [', "cut off"),
        (NOTEBOOK + b"\n" + NOTEBOOK, "something follows its end"),
        (NOTEBOOK.replace(b'"cells": [', b'"cells": [,'), "its JSON is damaged in line"),
        (SCRIPT, "Python under the name of a notebook"),
        (b"", "empty"),
        (b"\0" * 4000, "zeros"),
        (zipped("a.ipynb"), "a zip archive under another name"),
        (b"%PDF-1.4", "a PDF"),
        (b'{"kernel": 1}', "holds no cells"),
        (b"[InternetShortcut]\nURL=https://x", "a link"),
        (b"404: Not Found", "no such file"),
        (bytes(range(256)), "of no known kind"),
        (b"hello", "text, and no notebook"),
    ],
)
def test_each_kind_of_damage_is_named(data, reason):
    assert reason in what_is_wrong(data)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "latin-1"])
def test_a_notebook_in_another_encoding_is_read(encoding):
    cell = CELL.replace("return", "# caf\u00e9\\n    return")
    assert read_notebook(cell.encode(encoding)).exercises == ("use_residual",)


def test_a_zip_in_the_folder_of_a_learner_is_looked_into(tmp_path):
    lay(tmp_path, {"ada_123/work.zip": zipped("in/01_relu6.ipynb")})
    assert class_of(tmp_path) == {"ada_123": ["01_relu6.ipynb"]}


def test_two_zips_of_a_learner_with_a_file_of_one_name_lose_none(tmp_path):
    for name in ("monday", "tuesday"):
        lay(tmp_path, {f"ada/{name}.zip": zipped("01_relu6.ipynb", content=f"# {name}")})
    (ada,) = collect(tmp_path)
    assert ada.files() == {"01_relu6.ipynb": b"# monday", "01_relu6 (2).ipynb": b"# tuesday"}


def test_the_same_layout_in_a_zip_gives_the_same_rows(tmp_path):
    files = {
        "ada_123/work.zip": zipped("01_relu6.ipynb"), "ben_456/essay.pdf": b"%PDF-1",
        "cleo.ipynb": CELL, "dan.json": CELL, "list.csv": "x",
    }  # fmt: skip
    lay(tmp_path / "class", files)
    for name, make in (("class.zip", zip_of), ("class.tgz", tar_of)):
        packed = {path: c.encode() if isinstance(c, str) else c for path, c in files.items()}
        (tmp_path / name).write_bytes(make(packed))
        assert class_of(tmp_path / name) == class_of(tmp_path / "class")
    assert class_of(tmp_path / "class")["ada_123"] == ["01_relu6.ipynb"]
    assert "essay.pdf: a PDF" in class_of(tmp_path / "class")["ben_456"]


def test_a_zip_of_a_folder_of_notebooks_is_a_class(tmp_path):
    (tmp_path / "class.zip").write_bytes(zipped("class/ada.ipynb", "class/ben.ipynb"))
    assert [*class_of(tmp_path / "class.zip")] == ["ada", "ben"]


def test_a_zip_of_a_folder_of_the_courses_notebooks_is_one_learner(tmp_path):
    names = ("ada/01_relu6.ipynb", "ada/02_expansion.ipynb")
    (tmp_path / "one.zip").write_bytes(zipped(*names))
    assert [*class_of(tmp_path / "one.zip")] == ["ada"]


@pytest.mark.parametrize(
    "other",
    [
        "def plot(bottleneck):\n    return bottleneck",
        "def helper():\n    relu6 = 3\n    return relu6",
        "from keras.applications import mobilenet_v2",
        "sizes = [preprocess for preprocess in range(3)]",
    ],
)
def test_a_name_inside_a_function_or_of_a_library_is_no_answer(other):
    assert read_notebook(notebook_bytes(RIGHT_RULE, other)).exercises == ("use_residual",)


def test_a_helper_beside_a_marked_cell_of_the_course_is_no_misspelt_answer():
    solution = nbformat.reads((SOLUTIONS / "05_residual.ipynb").read_bytes(), as_version=4)
    solution.cells.append(nbformat.v4.new_code_cell("def relu(x): ...\ndef Use_Residual(): ..."))
    own = read_notebook(nbformat.writes(solution).encode()).exercises
    assert "relu6" not in own
    assert read_script(b"def relu(x): ...").exercises == ("relu6",)


def shown(source):
    return [(step.part.line, step.part.text) for step in read_script(source.encode()).steps]


def test_a_script_falls_into_statements_which_keep_their_lines():
    source = f"import nosuch\n\n@decorated\ndef f():\n    return 1\nx = 1\n{RIGHT_RULE}"
    assert shown(source) == [
        (1, "import nosuch"),
        (3, "@decorated\ndef f():\n    return 1"),
        (6, "x = 1"),
        (7, RIGHT_RULE),
    ]


@pytest.mark.parametrize(
    "broken",
    [
        "def f(:", "x = (1,", "print 'old'", "if True\n    x = 1", "<<<<<<< HEAD",
        '"""never closed', "class A\n    pass", "x = 1 +", "@\ndef g(): ...", "for x in\n    y",
        "def g(x):\nreturn x", "x = 'open", "“quoted”", "try:\n    x = 1\nx = 2",
    ],
)  # fmt: skip
def test_what_is_no_python_takes_nothing_else_with_it(broken):
    for source in (f"{broken}\n{RIGHT_RULE}", f"{RIGHT_RULE}\n{broken}"):
        assert RIGHT_RULE in [text for _, text in shown(source)]


@pytest.mark.parametrize(
    ("line", "python"),
    [
        ("!pip install x", "get_ipython().system('pip install x')"),
        ("%cd /content", "get_ipython().run_line_magic('cd', '/content')"),
        ("files = !ls", "files = get_ipython().getoutput('ls')"),
        ("%time y = 1", "y = 1"),
        ("%%time\ny = 1", "y = 1"),
        ("relu6?", "pass"),
        ("?relu6", "pass"),
        (">>> y = 1", "y = 1"),
        ("\ufeffy = 1", "y = 1"),
        ("y\u00a0= 1", "y = 1"),
        ("if True:\n    !ls", "if True:\n    get_ipython().system('ls')"),
        ("!pip install a \\\n  b", "get_ipython().system('pip install a   b')"),
        ("%%bash\nls", "get_ipython().run_cell_magic('bash', '', 'ls\\n')"),
    ],
)
def test_lines_of_a_notebook_become_the_calls_that_jupyter_makes_of_them(line, python):
    assert [part.text for part in parts_of(line)] == [python]


def test_only_what_a_cell_imports_for_others_is_imported_early():
    inside = "def show(np):\n    import tensorflow as tf\n    return tf, np"
    assert read_script(f"{inside}\n{RIGHT_RULE}".encode()).prelude == ""
    assert read_script(f"import math\nmath.pi\n{RIGHT_RULE}".encode()).prelude == "import math"


def test_statements_that_share_a_line_are_run_each_for_itself():
    texts = [text for _, text in shown(f"import os; x = 1; import re\n{RIGHT_RULE}")]
    assert texts == ["import os", "x = 1", "import re", RIGHT_RULE]


@pytest.mark.parametrize("bound", ["use_residual = rule", "if True:\n    use_residual = rule"])
def test_a_name_outside_of_functions_is_an_answer(bound):
    assert read_script(f"rule = len\n{bound}".encode()).exercises == ("use_residual",)


def test_a_function_checked_under_a_key_is_given_that_name():
    rule = RIGHT_RULE.replace("use_residual", "rule")
    found = read_notebook(notebook_bytes(rule, 'check(rule, "use_residual")'))
    assert found.exercises == ("use_residual",)
    assert found.cells[-1] == "use_residual = rule"


def test_a_key_that_is_defined_itself_stays_what_it_is():
    source = f'{RIGHT_RULE}\ndef rule(): ...\ncheck(rule, "use_residual")'
    assert read_notebook(notebook_bytes(source)).cells == (source,)
