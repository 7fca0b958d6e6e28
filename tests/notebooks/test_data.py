"""Files that no package ships: taken from a folder or downloaded, verified, never half there."""

import hashlib
import http.server
import io
import threading
import zipfile

import keras
import numpy as np
import pytest

from mnv2_tutor import data
from mnv2_tutor.errors import Unusable


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(data.FOLDER, str(tmp_path))
    return tmp_path


@pytest.fixture
def download(tmp_path, monkeypatch):
    """A publisher of our own: what it sends, and how much of it, is the test's to say."""
    monkeypatch.delenv(data.FOLDER, raising=False)
    home = tmp_path / "keras"
    home.mkdir()  # or Keras takes a folder of its own choice
    original = keras.utils.get_file
    monkeypatch.setattr(
        keras.utils, "get_file", lambda *a, **k: original(*a, **k, cache_dir=str(home))
    )
    sent = {"body": b"", "promised": None}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", str(sent["promised"] or len(sent["body"])))
            self.end_headers()
            self.wfile.write(sent["body"])

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/file"
    monkeypatch.setattr(data, "NAMES_ORIGIN", address)
    monkeypatch.setattr(data, "CLOTHES_ORIGIN", address)
    yield sent, home
    server.shutdown()
    server.server_close()


def kept(home):
    return [path for path in home.rglob("*") if path.is_file()]


def photo(shade, size=(40, 30)):
    image = np.full((*size, 3), shade, "uint8")
    image[::2] //= 2
    file = io.BytesIO()
    keras.utils.save_img(file, image, file_format="jpeg", scale=False)
    return file.getvalue()


def archive(count, prefix=""):
    """A zip of ``count`` photos of two classes in each part."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for part in ("train", "validation", "test"):
            for kind in ("hat", "dress"):
                for number in range(count):
                    name = f"{prefix}{part}/{kind}/{number:03d}.jpg"
                    packed.writestr(name, photo(10 + number))
        packed.writestr(f"{prefix}README.md", "photos")
    return file.getvalue()


def files_of(packed, prefix):
    with zipfile.ZipFile(io.BytesIO(packed)) as opened:
        return {name.removeprefix(prefix): opened.read(name) for name in opened.namelist()}


def test_photos_come_from_the_folder(folder):
    (folder / data.CLOTHES).write_bytes(archive(3))
    found = data.clothes()
    assert found.classes == ("dress", "hat")
    assert found.train.images.shape == (6, data.SIDE, data.SIDE, 3)
    assert found.train.images.dtype == np.uint8
    assert found.test.labels.tolist() == [0, 0, 0, 1, 1, 1]


def test_of_each_class_no_more_photos_are_used_than_of_the_rarest(folder):
    (folder / data.CLOTHES).write_bytes(archive(130))
    found = data.clothes()
    assert [len(p.labels) for p in (found.train, found.validation, found.test)] == [224, 80, 80]


def test_a_folder_that_is_none_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv(data.FOLDER, str(tmp_path / "gone"))
    with pytest.raises(Unusable, match="gone, which is no folder"):
        data.class_names()


def test_weights_that_are_no_weights_are_named(folder):
    (folder / data.WEIGHTS).write_bytes(b"nothing of the kind")
    with pytest.raises(Unusable, match="does not hold the weights"):
        data.trained_network()


def test_class_names_are_downloaded_once(download, monkeypatch):
    sent, home = download
    sent["body"] = b'{"0": ["n1", "great_white_shark"], "1": ["n2", "hen"]}'
    monkeypatch.setattr(data, "NAMES_MD5", hashlib.md5(sent["body"]).hexdigest())
    assert data.class_names() == ("great white shark", "hen")
    sent["body"] = b"never asked for again"
    assert data.class_names() == ("great white shark", "hen")


def test_names_with_another_checksum_are_refused(download):
    sent, _ = download
    sent["body"] = b"{}"
    with pytest.raises(Unusable, match=r"names of the classes did not arrive .*MNV2_TUTOR_DATA"):
        data.class_names()


def test_a_download_that_breaks_off_leaves_nothing(download):
    sent, home = download
    sent.update(body=b"PK" + b"0" * 1000, promised=5000)
    with pytest.raises(Unusable, match="photos of clothes did not arrive"):
        data.clothes()
    assert kept(home) == []


def test_without_a_network_one_line_says_what_to_do(download, monkeypatch):
    monkeypatch.setattr(data, "CLOTHES_ORIGIN", "http://127.0.0.1:9/nothing")
    with pytest.raises(Unusable) as caught:
        data.clothes()
    assert "try again with a network" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_photos_of_the_publisher_are_verified_and_used(download, monkeypatch):
    sent, _ = download
    prefix = f"clothing-dataset-small-{data.CLOTHES_COMMIT}/"
    sent["body"] = archive(2, prefix)
    tree = data.tree_hash(files_of(sent["body"], prefix))
    monkeypatch.setattr(data, "CLOTHES_TREE", tree)
    assert data.clothes().train.images.shape[0] == 4


@pytest.mark.parametrize("body", [b"no zip at all", archive(2)], ids=["no zip", "other photos"])
def test_an_archive_that_is_another_one_is_removed(download, body):
    sent, home = download
    sent["body"] = body
    with pytest.raises(Unusable, match="it was removed"):
        data.clothes()
    assert kept(home) == []


def test_the_tree_hash_is_gits():
    """What `git write-tree` says of these three files, where a folder sorts behind a file."""
    files = {"a.txt": b"one\n", "a/b.txt": b"two\n", "a.b/c": b"three\n"}
    assert data.tree_hash(files) == "c2de44e8d2d95320287813da16d3630baddf46f3"
