"""The files that no package ships: ImageNet weights, the names of its classes, photos of clothes.

They come from their publishers by way of ``keras.utils.get_file``, which keeps them under
``~/.keras``. Where ``MNV2_TUTOR_DATA`` names a folder, what that folder holds is taken from there.
Nothing that was not verified is used, and what did not arrive whole is not kept.
"""

import hashlib
import io
import json
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mnv2_tutor.errors import Unusable

FOLDER = "MNV2_TUTOR_DATA"
WEIGHTS = "mobilenet_v2_1.0_224_dequantized.weights.h5"
"""In the folder: weights for ``keras.applications.MobileNetV2(alpha=1.0)`` at 224 pixels."""
NAMES = "imagenet_class_index.json"
NAMES_ORIGIN = f"https://storage.googleapis.com/download.tensorflow.org/data/{NAMES}"
NAMES_MD5 = "c2c37ea517e94d9795004a39431a14cb"
CLOTHES = "clothing96.zip"
"""In the folder: what :func:`clothes` makes of the original, as JPEG files of 96 pixels."""
CLOTHES_COMMIT = "11961516512414bf9f6c150a832cfd21b54a6b54"
CLOTHES_TREE = "78b24042178f02d2ec37cee1dbd23d73857fa539"
"""Git's hash of all files of that commit: it verifies them however the archive was packed."""
CLOTHES_ORIGIN = (
    f"https://github.com/alexeygrigorev/clothing-dataset-small/archive/{CLOTHES_COMMIT}.zip"
)
SIDE = 96
MOST = {"train": 112, "validation": 40, "test": 40}
"""Photos of each class: as many as the rarest class has for training."""


@dataclass(frozen=True)
class Photos:
    """Photos with labels: ``images`` of shape (n, 96, 96, 3), uint8; ``labels`` of shape (n,)."""

    images: Any
    labels: Any


@dataclass(frozen=True)
class Clothes:
    """The three parts of the clothing photos; a label is a place in ``classes``."""

    classes: tuple[str, ...]
    train: Photos
    validation: Photos
    test: Photos


def given(name: str) -> Path | None:
    """The file of this name in the folder that ``MNV2_TUTOR_DATA`` names, if it is there.

    Raises:
        Unusable: the variable names no folder.
    """
    folder = os.environ.get(FOLDER)
    if not folder:
        return None
    if not Path(folder).is_dir():
        raise Unusable(f"{FOLDER} names {folder}, which is no folder: correct or unset it")
    path = Path(folder) / name
    return path if path.is_file() else None


def trained_network() -> Any:
    """``keras.applications.MobileNetV2`` with its ImageNet weights, 224 pixels, 1000 classes.

    Raises:
        Unusable: the weights are neither here nor to be had.
    """
    import keras

    path = given(WEIGHTS)
    if path is None:
        with _arriving("the ImageNet weights"):
            return keras.applications.MobileNetV2(weights="imagenet")
    model = keras.applications.MobileNetV2(weights=None)
    try:
        model.load_weights(path)
    except (OSError, ValueError, KeyError) as error:
        raise Unusable(f"{path.name} in {FOLDER} does not hold the weights: {error}") from None
    return model


def class_names() -> tuple[str, ...]:
    """The names of ImageNet's 1000 classes, in the order of the network's answers.

    Raises:
        Unusable: the list is neither here nor to be had.
    """
    path = given(NAMES) or _fetched(NAMES, NAMES_ORIGIN, "the names of the classes", NAMES_MD5)
    index = json.loads(path.read_text(encoding="utf-8"))
    return tuple(index[str(place)][1].replace("_", " ") for place in range(len(index)))


def clothes() -> Clothes:
    """Photos of ten kinds of clothes, cut to a square and shrunk to 96 pixels.

    Of each class the first 112 photos for training, in the order of their names, and at most 40 of
    each of the other parts. Source: Grigorev's clothing-dataset-small (CC0).

    Raises:
        Unusable: the photos are neither here nor to be had, or are not those of the source.
    """
    path = given(CLOTHES)
    if path is None:
        name = f"clothing-dataset-small-{CLOTHES_COMMIT[:8]}.zip"
        path = _fetched(name, CLOTHES_ORIGIN, "the photos of clothes")
        _verify_tree(path)
    with zipfile.ZipFile(path) as archive:
        chosen = _chosen(archive.namelist())
        classes = tuple(sorted({kind for _, kind, _ in chosen}))
        parts = {
            part: _photos(archive, [c for c in chosen if c[0] == part], classes) for part in MOST
        }
    return Clothes(classes, parts["train"], parts["validation"], parts["test"])


def _chosen(names: Iterable[str]) -> list[tuple[str, str, str]]:
    """Part, class and member of every photo that is used."""
    groups: dict[tuple[str, str], list[str]] = {}
    for name in sorted(names):
        *_, part, kind, file = ("", "", *name.split("/"))
        if part in MOST and file.endswith(".jpg"):
            groups.setdefault((part, kind), []).append(name)
    return [
        (part, kind, name)
        for (part, kind), members in groups.items()
        for name in members[: MOST[part]]
    ]


def _photos(
    archive: zipfile.ZipFile, chosen: list[tuple[str, str, str]], classes: tuple[str, ...]
) -> Photos:
    import numpy as np

    images = np.stack([_square(archive.read(name)) for _, _, name in chosen])
    return Photos(images, np.array([classes.index(kind) for _, kind, _ in chosen]))


def _square(jpeg: bytes) -> Any:
    """The middle of a photo as 96 x 96 pixels, uint8."""
    import keras

    photo = keras.utils.load_img(
        io.BytesIO(jpeg),
        target_size=(SIDE, SIDE),
        interpolation="lanczos",
        keep_aspect_ratio=True,
    )
    return keras.utils.img_to_array(photo, dtype="uint8")


def _fetched(name: str, origin: str, what: str, md5: str | None = None) -> Path:
    """The path of a file that is downloaded unless it is there; kept only when it is whole."""
    import keras

    folder = "models" if name == NAMES else "datasets"
    with _arriving(what):
        return Path(keras.utils.get_file(name, origin, cache_subdir=folder, file_hash=md5))


@contextmanager
def _arriving(what: str) -> Iterator[None]:
    """Say in one line what did not arrive; Keras removes what broke off."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - that is what get_file raises
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise Unusable(
            f"{what} did not arrive ({reason}): try again with a network, "
            f"or name a folder that holds them in {FOLDER}"
        ) from None


def _verify_tree(path: Path) -> None:
    """See whether the archive holds the files of the commit; what does not is removed.

    Raises:
        Unusable: it does not.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            top = f"clothing-dataset-small-{CLOTHES_COMMIT}/"
            files = {
                name.removeprefix(top): archive.read(name)
                for name in archive.namelist()
                if not name.endswith("/")
            }
        is_whole = tree_hash(files) == CLOTHES_TREE
    except (OSError, zipfile.BadZipFile, zlib.error):
        is_whole = False
    if not is_whole:
        path.unlink(missing_ok=True)
        raise Unusable(
            "the archive of the photos of clothes is not the one that was published: "
            "it was removed, so a new try downloads it again"
        )


def tree_hash(files: Mapping[str, bytes]) -> str:
    """Git's hash of a folder of ordinary files, given by their paths in it."""
    entries: dict[str, tuple[str, bytes]] = {}
    folders: dict[str, dict[str, bytes]] = {}
    for path, content in files.items():
        first, _, rest = path.partition("/")
        if rest:
            folders.setdefault(first, {})[rest] = content
        else:
            entries[first] = ("100644", bytes.fromhex(_git_hash("blob", content)))
    for name, inside in folders.items():
        entries[name] = ("40000", bytes.fromhex(tree_hash(inside)))
    # Git sorts a folder as if its name ended in a slash.
    order = sorted(entries, key=lambda name: name + "/" * (name in folders))
    listing = b"".join(f"{entries[n][0]} {n}".encode() + b"\0" + entries[n][1] for n in order)
    return _git_hash("tree", listing)


def _git_hash(kind: str, content: bytes) -> str:
    digest = hashlib.sha1(f"{kind} {len(content)}".encode() + b"\0", usedforsecurity=False)
    digest.update(content)
    return digest.hexdigest()
