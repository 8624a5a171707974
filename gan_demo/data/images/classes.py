"""Classes of own images: the folders that they lie in."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import PurePosixPath

SPLITS = {"train", "training", "test", "testing", "val", "valid", "validation"}
MAX_CLASSES = 100
NO_FOLDER = "no folder"  # class of the images that lie beside the folders
ONE_CLASS = "all"


def classes(files: Sequence[str]) -> tuple[list[int], tuple[str, ...]]:
    """Return the class of each file and the classes' names, in the order of their folders.

    A level of folders that are all called "train", "test" and the like divides no classes. With fewer than 2 or more
    than 100 classes all files are of one. Folders of the same name are told apart by their paths.
    """
    folders = [PurePosixPath(file).parent.parts for file in files]
    children: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    for parts in set(folders):
        for k, name in enumerate(parts):
            children[parts[:k]].add(name.lower())
    keys = {
        parts: "/".join(name for k, name in enumerate(parts) if not children[parts[:k]] <= SPLITS)
        for parts in set(folders)
    }
    order = sorted(set(keys.values()))
    if not 2 <= len(order) <= MAX_CLASSES:
        return [0] * len(files), (ONE_CLASS,)
    index = {key: k for k, key in enumerate(order)}
    short = [PurePosixPath(key).name or NO_FOLDER for key in order]
    count = Counter(short)
    names = tuple(name if count[name] == 1 else key or name for name, key in zip(short, order, strict=True))
    return [index[keys[parts]] for parts in folders], names
