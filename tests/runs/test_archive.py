"""A whole run as one zip file: it comes back whole, and nothing but a run is ever unpacked."""

from __future__ import annotations

import gzip
import io
import json
import stat
import struct
import zipfile
from collections import namedtuple
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load, save

from gan_demo.cli.main import main
from gan_demo.config import NO_IMAGES, DataConfig, ModelConfig, RunConfig, TrainConfig
from gan_demo.errors import DataError, GanDemoError, RunError
from gan_demo.runs import disk_space, library, networks
from gan_demo.runs.archive import checks, entries, packing, unpacking
from gan_demo.runs.parts import about
from gan_demo.runs.parts.about import About
from gan_demo.runs.run_dir import RunDir
from gan_demo.training.fork import fork
from gan_demo.training.trainer import train

pytestmark = pytest.mark.usefixtures("one_thread")

POINTS = ModelConfig("points", 2, 8, 8, 2)
RING = RunConfig(DataConfig("ring"), POINTS, TrainConfig(batch=8, steps=6, evaluate=False))
DIGITS = DataConfig("digits", limit=64)
Parts = dict[str, bytes]


def go(run: RunDir, until: int | None = None) -> RunDir:
    steps = train(run)
    for progress in steps:
        if progress.step == until:
            break
    steps.close()
    return RunDir(run.path)


def packed(run: RunDir) -> bytes:
    file = io.BytesIO()
    packing.write(run, file)
    return file.getvalue()


def unpacked(data: bytes, name: str = "my-run.zip", path: Path | None = None) -> RunDir:
    with unpacking.opened(io.BytesIO(data), name) as archive:
        return archive.unpack(path or library.home() / archive.free_id(library.home()))


def parts_of(data: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: Parts, kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", kind) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return file.getvalue()


def contents(run: RunDir) -> Parts:
    """All files of a run but its settings, which lose the folders of the machine."""
    files = {path.relative_to(run.path).as_posix(): path for path in run.path.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in files.items() if name not in ("config.json", ".lock")}


def state(run: RunDir) -> dict[str, torch.Tensor]:
    return run.load_state_at(run.states[-1])


def assert_same(a: RunDir, b: RunDir) -> None:
    first, other = state(a), state(b)
    assert first.keys() == other.keys()
    assert [key for key in first if not torch.equal(first[key], other[key])] == []


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> RunDir:
    """Create a run with states at 3 and 6 and a changed setting."""
    path = tmp_path_factory.mktemp("original") / "ring-0123456789ab"
    run = go(RunDir.create(path, RING, "ring"), 3)
    with run.writing():
        run.change_config(run.config.with_settings({"g_lr": 0.003}), 3, run.info.seconds)
    return go(run)


@pytest.fixture(scope="module")
def archive(original: RunDir) -> bytes:
    return packed(original)


# ---- round trip


def test_a_run_comes_back_whole_under_its_own_id(original: RunDir, archive: bytes, home: Path) -> None:
    run = unpacked(archive)
    assert run.path == home / original.id
    assert contents(run) == contents(original)
    assert run.config == original.config
    assert (run.states, run.checkpoints, len(run.changes())) == ([3, 6], [3, 6], 1)


def test_the_same_run_gives_the_same_bytes(original: RunDir, archive: bytes) -> None:
    assert packed(original) == archive
    assert packed(unpacked(archive)) == archive


def test_an_imported_run_trains_on_bit_for_bit(original: RunDir, archive: bytes, tmp_path: Path) -> None:
    both = [unpacked(archive), unpacked(archive, path=tmp_path / "other")]
    stayed = RunDir.create(tmp_path / "stayed", original.config, "ring")
    for name, data in (contents(original) | {"config.json": (original.path / "config.json").read_bytes()}).items():
        (stayed.path / name).write_bytes(data)
    for run in (*both, stayed):
        with run.writing():
            run.change_config(run.config.with_settings({"steps": 9}), 6, run.info.seconds)
    moved, _, stayed = go(both[0]), go(both[1]), go(RunDir(stayed.path))
    assert moved.info.step == 9
    assert_same(moved, stayed)


def test_an_imported_run_forks_as_the_original_does(original: RunDir, archive: bytes, tmp_path: Path) -> None:
    forks = [
        go(fork(run, 3, {"loss": "hinge", "steps": 8}, tmp_path / f"fork-{k}"))
        for k, run in enumerate((original, unpacked(archive)))
    ]
    assert_same(*forks)
    assert forks[1].info.parent == f"{original.id}@3"


def test_a_fork_keeps_its_lineage(original: RunDir, tmp_path: Path) -> None:
    made = go(fork(original, 3, {"steps": 8}, tmp_path / "my fork"))
    run = unpacked(packed(made))
    assert (run.info.parent, run.info.forked_at, run.metrics()["step"][0]) == (f"{original.id}@3", 3, 4)


@pytest.mark.parametrize(
    "config",
    [
        RunConfig(DIGITS, ModelConfig("dcgan", 6, 4, 4, conditional=True), TrainConfig(batch=4, steps=2, ema=0.9)),
        RunConfig(DIGITS, ModelConfig("mlp", 6, 4, 4), TrainConfig(batch=4, steps=2, optimizer="sgd", beta1=0.0)),
        RunConfig(DIGITS, ModelConfig("mlp", 6, 4, 4), TrainConfig(batch=4, steps=2, optimizer="sgd")),
        RunConfig(
            DataConfig("faces", limit=64),
            ModelConfig("resnet", 6, 4, 4, depth=1, mapping=1),
            TrainConfig(batch=4, steps=2, optimizer="rmsprop"),
        ),
    ],
    ids=["dcgan adam", "mlp sgd", "mlp sgd momentum", "resnet rmsprop"],
)
def test_every_kind_of_network_and_optimiser_passes_its_own_checks(config: RunConfig, tmp_path: Path) -> None:
    plain = replace(config, train=replace(config.train, evaluate=False))
    run = go(RunDir.create(tmp_path / "run", plain, "mine"))
    assert_same(unpacked(packed(run)), run)


def test_name_note_and_changes_travel_along(original: RunDir, home: Path, tmp_path: Path) -> None:
    known = About("Tuesday", "Too little data?", {"r1": 0.0}, {"r1": 0.1})
    annotated = unpacked(packed(original), path=tmp_path / "annotated")
    about.write(annotated.path, known)
    assert about.read(unpacked(packed(annotated)).path) == known


def test_a_shipped_model_travels_with_its_card() -> None:
    shipped = library.find("digits")
    run = unpacked(packed(shipped))
    assert run.id != shipped.id
    assert (run.card, run.states, run.checkpoints) == (shipped.card, shipped.states, shipped.checkpoints)


def test_owner_class_and_explorer_files_stay_behind(archive: bytes, home: Path) -> None:
    run = unpacked(archive)
    (run.path / "owner").write_text("f" * 64)
    (run.path / "class").write_text("{}")
    (run.path / "explorer" / "00000003").mkdir(parents=True)
    (run.path / "explorer" / "00000003" / "space-1.json.gz").write_bytes(b"x")
    assert packed(run) == archive


def test_a_run_that_is_here_already_gets_a_new_id(archive: bytes, home: Path) -> None:
    first, second = unpacked(archive), unpacked(archive)
    assert first.id != second.id
    assert contents(first) == contents(second)
    (home / disk_space.TRASH).mkdir()
    first.path.rename(home / disk_space.TRASH / f"{first.id}@1")
    assert unpacked(archive).id not in (first.id, second.id)


@pytest.mark.parametrize("wanted", ["digits", "my-run", "../up-0123456789ab", ".hidden-0123456789ab", "", "x" * 300])
def test_nobody_chooses_an_id_that_others_could_guess(wanted: str, archive: bytes, home: Path) -> None:
    header = json.dumps({"format": 1, "id": wanted}).encode()
    run = unpacked(zipped(parts_of(archive) | {"archive.json": header}))
    assert (run.path.parent, run.id != wanted, run.id.startswith("ring-")) == (home, True, True)


def test_an_id_in_use_by_a_job_is_left_alone(original: RunDir, archive: bytes) -> None:
    with unpacking.opened(io.BytesIO(archive), "x.zip") as opened:
        assert opened.free_id(library.home(), lambda run_id: run_id == original.id) != original.id


def test_a_folder_that_somebody_zipped_is_a_run_too(original: RunDir, archive: bytes) -> None:
    parts = {name: data for name, data in parts_of(archive).items() if name != "archive.json"}
    beside = {
        "my-run/": b"",
        "my-run/owner": b"x",
        "my-run/.lock": b"",
        "my-run/explorer/00000003/a.gz": b"x",
        "__MACOSX/my-run/._run.json": b"x",
        "my-run/.DS_Store": b"x",
        "my-run/grids/._00000003.png": b"x",
    }
    run = unpacked(zipped({f"my-run/{name}": data for name, data in parts.items()} | beside))
    assert contents(run) == contents(original)


def test_a_run_in_training_is_taken_as_it_was_last_saved(original: RunDir, tmp_path: Path) -> None:
    run = unpacked(packed(original), path=tmp_path / "run")
    with run.writing():
        run.set_info(replace(run.info, status="training"))
    with open(run.path / "metrics.jsonl", "ab") as file:
        file.write(b'{"step": 7, "ima')
    taken = unpacked(packed(run))
    assert taken.info.status == "stopped"
    assert (taken.path / "metrics.jsonl").read_bytes() == (original.path / "metrics.jsonl").read_bytes()


def test_a_state_that_training_replaces_meanwhile_is_the_newer_one(
    archive: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = unpacked(archive)
    newest, older = run.info, replace(run.info, state=3, step=3)
    answers = iter([older, newest])
    monkeypatch.setattr(RunDir, "info", property(lambda self: next(answers, newest)))
    assert "state-00000006.safetensors" in parts_of(packed(run))


def test_a_page_takes_as_many_states_as_fit(original: RunDir, archive: bytes) -> None:
    size = (original.path / "states" / "00000003.safetensors").stat().st_size
    file = io.BytesIO()
    packing.write(original, file, sum(map(len, parts_of(archive).values())) - size)
    run = unpacked(file.getvalue())
    assert (run.states, run.checkpoints) == ([6], [3, 6])
    with pytest.raises(RunError, match="command line"):
        packing.write(original, io.BytesIO(), 1000)
    assert packing.page_bytes(original) == pytest.approx(len(archive), rel=0.2)


# ---- own images


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures") / "secret-folder"
    folder.mkdir()
    for k in range(16):
        Image.fromarray(np.full((28, 28, 3), 16 * k, np.uint8)).save(folder / f"{k}.png")
    return folder


@pytest.fixture(scope="module")
def own(pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> RunDir:
    """Create a run on own images."""
    config = RunConfig(
        DataConfig("images", path=str(pictures), size=28, root="/somewhere"),
        ModelConfig("mlp", 4, 4, 4),
        TrainConfig(batch=4, steps=3, evaluate=False),
    )
    return go(RunDir.create(tmp_path_factory.mktemp("own") / "own", config, "flowers"))


def test_a_runs_file_names_no_folder_of_its_machine(own: RunDir) -> None:
    assert not any(b"secret-folder" in data or b"somewhere" in data for data in parts_of(packed(own)).values())


def test_an_imported_run_reads_no_folder_that_its_file_names(own: RunDir, pictures: Path) -> None:
    parts = parts_of(packed(own))
    config = json.loads(parts["config.json"])
    config["data"] |= {"path": str(pictures), "root": str(pictures)}
    run = unpacked(zipped(parts | {"config.json": json.dumps(config).encode()}))
    assert (run.config.data.path, run.config.data.root) == (NO_IMAGES, "")
    assert networks.generator(run).shape == (3, 28, 28)
    with run.writing():
        run.set_config(run.config.with_settings({"steps": 5}))
    with pytest.raises(DataError, match="not in the run"):
        go(run)


def test_a_run_whose_images_are_given_again_trains_on_bit_for_bit(own: RunDir, pictures: Path, tmp_path: Path) -> None:
    run = unpacked(packed(own))
    unpacking.give_images(run, pictures)
    assert_same(go(fork(run, 3, {"steps": 5}, tmp_path / "a")), go(fork(own, 3, {"steps": 5}, tmp_path / "b")))


def test_images_of_other_classes_are_refused(own: RunDir, pictures: Path, tmp_path: Path) -> None:
    config = replace(own.config, model=replace(own.config.model, shape=(3, 32, 32)))
    run = RunDir.create(tmp_path / "run", replace(config, data=replace(config.data, path=NO_IMAGES)), "x")
    with pytest.raises(DataError, match="differ in size"):
        unpacking.give_images(run, pictures)
    assert RunDir(run.path).config.data.path == NO_IMAGES


# ---- what is refused


def changed(name: str, change: Callable[[bytes], bytes]) -> Callable[[Parts], bytes]:
    return lambda parts: zipped(parts | {name: change(parts[name])})


def edited(part: str, /, **values: object) -> Callable[[Parts], bytes]:
    return changed(part, lambda data: json.dumps(json.loads(data) | values).encode())


def section(part: str, /, **values: object) -> Callable[[Parts], bytes]:
    return changed(
        "config.json", lambda data: json.dumps({**json.loads(data), part: json.loads(data)[part] | values}).encode()
    )


def with_part(name: str, data: bytes = b"x") -> Callable[[Parts], bytes]:
    return lambda parts: zipped(parts | {name: data})


def without(name: str) -> Callable[[Parts], bytes]:
    return lambda parts: zipped({key: data for key, data in parts.items() if key != name})


def tensors(
    name: str, change: Callable[[dict[str, torch.Tensor]], dict[str, torch.Tensor]]
) -> Callable[[Parts], bytes]:
    return changed(name, lambda data: save(change(load(data))))


def row(name: str, line: bytes) -> Callable[[Parts], bytes]:
    return changed(name, lambda data: data + line + b"\n")


def linked(parts: Parts) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in parts.items():
            info = zipfile.ZipInfo(name)
            if name == "run.json":
                info.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(info, b"/etc/passwd" if name == "run.json" else data)
    return file.getvalue()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def twice(parts: Parts) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in [*parts.items(), ("run.json", b"{}")]:
            archive.writestr(name, data)
    return file.getvalue()


def directory(parts: Parts, name: str, field: int, kind: str, value: int) -> bytes:
    """Return the zip file with a number replaced in the directory's entry of ``name``, ``field`` bytes in."""
    data = bytearray(zipped(parts))
    end = data.rindex(b"PK\x05\x06")
    start = struct.unpack("<L", data[end + 16 : end + 20])[0]
    place = data.rindex(b"PK\x01\x02", start, data.index(name.encode(), start))
    struct.pack_into(kind, data, place + field, value)
    return bytes(data)


def ended(parts: Parts, field: int, kind: str, value: int) -> bytes:
    data = bytearray(zipped(parts))
    struct.pack_into(kind, data, len(data) - 22 + field, value)
    return bytes(data)


STATE, NEWEST = "states/00000003.safetensors", "state-00000006.safetensors"
WEIGHTS, GRID = "checkpoints/00000003.safetensors", "grids/00000003.png"
GIANT = {"dtype": "F32", "shape": [2**40], "data_offsets": [0, 2**42]}
ERROR = {"field": "x", "value": "", "remedy": "", "details": {}}
HOSTILE: dict[str, tuple[Callable[[Parts], bytes], str]] = {
    "no zip": (lambda parts: b"garbage", "not a zip file"),
    "empty": (lambda parts: b"", "not a zip file"),
    "a RAR": (lambda parts: b"Rar!\x1a\x07\x01\0" + bytes(99), "is a RAR archive, and a run is a zip file"),
    "a tar.gz": (lambda parts: gzip.compress(b"ring-1/run.json"), "is a tar.gz archive"),
    "a tar": (lambda parts: b"ring-1/run.json".ljust(257, b"\0") + b"ustar\x0000" + bytes(248), "is a tar archive"),
    "an empty zip": (lambda parts: zipped({}), "lacks config.json"),
    "incomplete": (lambda parts: zipped(parts)[:-400], "not a zip file"),
    "a comment": (lambda parts: zipped(parts) + b"x", "not a zip file"),
    "zip64": (lambda parts: zipped(parts)[:-22] + b"PK\x06\x07" + bytes(16) + zipped(parts)[-22:], "not a zip file"),
    "millions of entries": (lambda parts: ended(parts, 10, "<H", 65_000), "more than 5000 entries"),
    "a directory of 2 GB": (lambda parts: ended(parts, 12, "<L", 2**31), "more than 5000 entries"),
    "flipped bytes": (
        lambda parts: zipped(parts, zipfile.ZIP_STORED).replace(parts[WEIGHTS][-64:], bytes(64)),
        "damaged",
    ),
    "a bomb": (with_part("refused.json", bytes(9 * 2**20)), "refused.json, which is too large"),
    "a larger bomb": (lambda parts: directory(parts, WEIGHTS, 24, "<L", 2**31), "too large"),
    "a bomb that lies": (
        lambda parts: directory(parts | {"refused.json": bytes(2**22)}, "refused.json", 24, "<L", 9),
        "damaged",
    ),
    "a path up": (with_part("../evil.json"), "does not belong to a run"),
    "a path up in disguise": (with_part("grids/../../evil.png"), "does not belong to a run"),
    "an absolute path": (with_part("/etc/evil.json"), "does not belong to a run"),
    "a backslash": (with_part("grids\\00000001.png"), "does not belong to a run"),
    "a drive": (with_part("C:run.json"), "does not belong to a run"),
    "a pickle": (with_part("checkpoints/00000003.pt"), "does not belong to a run"),
    "code": (with_part("setup.py"), "does not belong to a run"),
    "a step in other digits": (with_part("grids/٠٠٠٠٠٠٠١.png"), "does not belong to a run"),
    "a long step": (with_part("grids/000000003.png"), "does not belong to a run"),
    "a link": (linked, "link"),
    "a name twice": (twice, "twice"),
    "encrypted": (lambda parts: directory(parts, "run.json", 8, "<H", 1), "encrypted"),
    "bzip2": (lambda parts: zipped(parts, zipfile.ZIP_BZIP2), "unusual way"),
    "a newer format": (edited("archive.json", format=2), "newer version"),
    "no format": (edited("archive.json", format="1"), "archive.json, which is damaged"),
    "no settings": (without("config.json"), "lacks config.json"),
    "no manifest": (without("run.json"), "lacks run.json"),
    "no resumable state": (without(NEWEST), f"lacks {NEWEST}"),
    "settings that are no JSON": (with_part("config.json", b"{"), "settings that can't be used"),
    "settings ever deeper": (with_part("config.json", b"[" * 200_000), "settings that can't be used"),
    "settings out of range": (section("train", batch=10**9), "batch = 1000000000"),
    "unknown data": (section("data", name="nowhere"), "nowhere"),
    "a giant": (
        section("model", width=1024, d_width=1024, depth=8, arch="dcgan", shape=[1, 28, 28]),
        "settings that can't be used",
    ),
    "a shape that the data has not": (section("model", shape=[2, 2, 2]), "settings that can't be used"),
    "other networks": (section("model", width=9), "does not fit"),
    "another optimiser": (section("train", optimizer="rmsprop"), "does not fit"),
    "an average that is not there": (section("train", ema=0.9), "does not fit"),
    "a manifest that is no object": (with_part("run.json", b"[]"), "run.json, which is damaged"),
    "a status of its own": (edited("run.json", status="<b>"), "run.json, which is damaged"),
    "a time that is none": (edited("run.json", created="yesterday"), "run.json, which is damaged"),
    "a time without a zone": (edited("run.json", created="2026-01-01T00:00:00"), "run.json, which is damaged"),
    "infinite seconds": (edited("run.json", seconds=float("inf")), "run.json, which is damaged"),
    "a step beyond all": (edited("run.json", step=10**12), "run.json, which is damaged"),
    "a long name": (edited("run.json", name="x" * 1000), "run.json, which is damaged"),
    "an error that fills the memory": (
        edited("run.json", error=ERROR | {"problem": "{why:>999999999}"}),
        "run.json, which is damaged",
    ),
    "an error that looks inside": (
        edited("run.json", error=ERROR | {"problem": "{why.__class__}"}),
        "run.json, which is damaged",
    ),
    "a row without a step": (row("metrics.jsonl", b'{"images": 1, "seconds": 1}'), "metrics.jsonl, which is damaged"),
    "a row of texts": (
        row("metrics.jsonl", b'{"step": 1, "images": 1, "seconds": 1, "d_loss": "<b>"}'),
        "metrics.jsonl, which is damaged",
    ),
    "a row of NaN": (
        row("metrics.jsonl", b'{"step": 1, "images": 1, "seconds": NaN}'),
        "metrics.jsonl, which is damaged",
    ),
    "a row too long": (row("metrics.jsonl", b'{"step": 1' + b" " * 200_000 + b"}"), "metrics.jsonl, which is damaged"),
    "a row ever deeper": (row("metrics.jsonl", b'{"step":' + b"[" * 90_000), "metrics.jsonl, which is damaged"),
    "a change of the data": (
        row("changes.jsonl", b'{"step": 1, "was": {"path": "/etc"}, "now": {}}'),
        "changes.jsonl, which is damaged",
    ),
    "a change out of range": (
        row("changes.jsonl", b'{"step": 1, "was": {"batch": -1}, "now": {}}'),
        "changes.jsonl, which is damaged",
    ),
    "refused files that are none": (with_part("refused.json", b"[1]"), "refused.json, which is damaged"),
    "a card that is no object": (with_part("card.json", b'"x"'), "card.json, which is damaged"),
    "a grid that is no picture": (with_part(GRID, b"x"), f"{GRID}, which is damaged"),
    "weights that are a pickle": (with_part(WEIGHTS, b"\x80\x02cos\nsystem\n."), f"{WEIGHTS}, which is damaged"),
    "weights that claim a giant": (
        with_part(WEIGHTS, struct.pack("<Q", 80) + json.dumps({"a": GIANT}).encode().ljust(80)),
        f"{WEIGHTS}, which is damaged",
    ),
    "a header of 4 GB": (
        changed(WEIGHTS, lambda data: struct.pack("<Q", 2**32) + data[8:]),
        f"{WEIGHTS}, which is damaged",
    ),
    "weights of another network": (
        tensors(WEIGHTS, lambda all: {key: value[:1].clone() for key, value in all.items()}),
        f"{WEIGHTS}, which is damaged",
    ),
    "weights that are no numbers": (
        tensors(WEIGHTS, lambda all: {key: value * torch.nan for key, value in all.items()}),
        f"{WEIGHTS}, which is damaged",
    ),
    "a state with a part too few": (
        tensors(STATE, lambda all: {key: value for key, value in all.items() if key != "rng"}),
        f"{STATE}, which is damaged",
    ),
    "a state with a part too many": (
        tensors(STATE, lambda all: all | {"more": torch.zeros(1)}),
        f"{STATE}, which is damaged",
    ),
    "a state of another step": (
        tensors(STATE, lambda all: all | {"counts": torch.tensor([5, 5])}),
        f"{STATE}, which is damaged",
    ),
    "a state with updates below zero": (
        tensors(NEWEST, lambda all: all | {"counts": torch.tensor([6, -1])}),
        f"{NEWEST}, which is damaged",
    ),
    "moments of another shape": (
        tensors(STATE, lambda all: all | {"g_optimizer.0.exp_avg": torch.zeros(1)}),
        f"{STATE}, which is damaged",
    ),
}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_no_run_is_refused_and_leaves_nothing_behind(
    case: str, archive: bytes, home: Path, tmp_path: Path
) -> None:
    make, expected = HOSTILE[case]
    data = make(parts_of(archive))
    with pytest.raises(GanDemoError) as refused:
        unpacked(data)
    assert expected in str(refused.value)
    assert str(refused.value).startswith("file = my-run.zip: ")
    assert list(home.iterdir()) == []
    assert list(tmp_path.iterdir()) == []


def test_a_picture_of_too_many_pixels_is_refused(archive: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "MAX_PIXELS", 100)
    with pytest.raises(DataError, match=r"grids/\d+\.png"):
        unpacked(archive)


def test_more_entries_than_a_run_has_are_refused(archive: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "MAX_ENTRIES", 2)
    with pytest.raises(DataError, match="more than 2 entries"):
        unpacked(archive)


def test_a_file_and_what_it_unpacks_to_are_bounded(archive: bytes) -> None:
    bomb = zipped(parts_of(archive) | {"refused.json": b"[" + b" " * 2**22 + b"]"})
    assert len(bomb) < 2**20
    with (
        pytest.raises(DataError, match="unpacks to more than 2 MB"),
        unpacking.opened(io.BytesIO(bomb), "x.zip", 2**21),
    ):
        pass
    with pytest.raises(DataError, match="larger than 0 MB"), unpacking.opened(io.BytesIO(archive), "x.zip", 1000):
        pass


def test_a_run_from_another_kind_of_device_trains_on(archive: bytes) -> None:
    """A GPU's random generator has a state of 16 bytes, which a CPU's cannot take: it is seeded from it."""
    names = ("states/00000006.safetensors", "state-00000006.safetensors")
    parts = parts_of(archive)
    parts |= {name: save(load(parts[name]) | {"rng": torch.arange(16, dtype=torch.uint8)}) for name in names}
    runs_of_it = [unpacked(zipped(parts)) for _ in range(2)]
    for run in runs_of_it:
        with run.writing():
            run.set_config(run.config.with_settings({"steps": 9}))
    first, second = (go(run) for run in runs_of_it)
    assert first.info.step == 9
    assert_same(first, second)


def test_a_parents_name_leads_to_no_other_folder(archive: bytes) -> None:
    run = unpacked(edited("run.json", parent="../../etc/x@3")(parts_of(archive)))
    assert run.info.parent == "etc-x@3"


def test_a_harmless_error_is_kept(archive: bytes) -> None:
    error = ERROR | {"problem": "diverged at step {step}", "details": {"step": "3"}}
    run = unpacked(edited("run.json", error=error, status="failed")(parts_of(archive)))
    assert run.info.error is not None
    assert "diverged at step 3" in str(run.info.error.error())


def test_nothing_is_unpacked_onto_a_disk_that_it_would_fill(
    archive: bytes, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(disk_space.shutil, "disk_usage", lambda path: usage(10**12, 0, 10**9 + 100))
    disk_space.check_free(home)
    with pytest.raises(RunError, match="GB left"):
        unpacked(archive)
    assert list(home.iterdir()) == []


# ---- command line


def test_export_and_import_on_the_command_line(
    original: RunDir, archive: bytes, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "my-run.zip"
    assert main(["export", str(original.path), "--format", "run", "--out", str(file)]) == 0
    assert file.read_bytes() == archive
    assert main(["import", str(file)]) == 0
    assert f"{original.id}: ring, done at step 6, 2 checkpoints" in capsys.readouterr().out
    assert main(["import", str(file), "--out", str(tmp_path / "here")]) == 0
    for run in (original.path, tmp_path / "here"):
        assert main(["sample", str(run), "--n", "9", "--out", str(tmp_path / f"{run.name}.png")]) == 0
    assert (tmp_path / "here.png").read_bytes() == (tmp_path / f"{original.id}.png").read_bytes()


def test_own_images_are_given_again_on_the_command_line(
    own: RunDir, pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "own.zip").write_bytes(packed(own))
    run = tmp_path / "run"
    assert main(["import", str(tmp_path / "own.zip"), "--out", str(run)]) == 0
    assert "does not hold its own images" in capsys.readouterr().err
    resume = ["train", "flowers", "--resume", "--steps", "5", "--device", "cpu", "--out", str(run)]
    assert main(resume) == 2
    assert "are not in the run's file" in capsys.readouterr().err
    assert main([*resume, "--set", f"path={pictures}"]) == 0
    assert (RunDir(run).info.step, RunDir(run).config.data.path) == (5, str(pictures))


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["import"], "FILE"),
        (["import", "missing.zip"], "missing.zip: cannot be read"),
        (["import", "folder.zip"], "folder.zip: cannot be read"),
        (["import", "bad.zip"], "bad.zip: is not a zip file"),
        (["import", "good.zip", "--out", "folder.zip"], "already exists"),
        (["import", "good.zip", "--out", "x" * 300], "cannot be written"),
        (["import", "good.zip", "--warp"], "--warp"),
        (["export", "RUN", "--format", "run", "--out", "x.tar"], "must end in .zip"),
        (["export", "RUN", "--format", "run", "--out", "none/x.zip"], "does not exist"),
        (["export", "RUN", "--format", "run", "--out", "folder.zip"], "cannot be written"),
        (["export", "RUN", "--format", "run", "--step", "3", "--out", "x.zip"], "whole run"),
        (["export", "bad.zip", "--format", "run", "--out", "x.zip"], "weights file"),
        (["export", "missing", "--format", "run", "--out", "x.zip"], "missing"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
def test_a_mistake_is_one_line_and_exit_code_2(
    arguments: list[str],
    expected: str,
    original: RunDir,
    archive: bytes,
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.zip" / "x").mkdir(parents=True)
    (tmp_path / "bad.zip").write_bytes(b"no zip")
    (tmp_path / "good.zip").write_bytes(archive)
    before = sorted(tmp_path.rglob("*"))
    try:
        code = main([str(original.path) if word == "RUN" else word for word in arguments])
    except SystemExit as end:
        code = int(end.code or 0)
    printed = capsys.readouterr()
    assert (code, printed.out, printed.err.count("\n")) == (2, "", 1)
    assert expected in printed.err
    assert sorted(tmp_path.rglob("*")) == before
    assert list(home.iterdir()) == []
