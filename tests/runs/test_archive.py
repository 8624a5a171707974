"""A whole run as one zip file comes back whole, under its own id, and trains on."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load, save

from gan_demo.config import DataConfig, ModelConfig, RunConfig, TrainConfig
from gan_demo.errors import RunError
from gan_demo.runs import disk_space, library
from gan_demo.runs.archive import packing, unpacking
from gan_demo.runs.parts import about
from gan_demo.runs.parts.about import About
from gan_demo.runs.run_dir import RunDir
from gan_demo.training.fork import fork
from tests.partial_training import go
from tests.runs.archives import Parts, assert_same, packed, parts_of, unpacked, zipped
from tests.runs.archives import archive as archive
from tests.runs.archives import original as original

pytestmark = pytest.mark.usefixtures("one_thread")

DIGITS = DataConfig("digits", limit=64)


def contents(run: RunDir) -> Parts:
    """All files of a run but its settings, which lose the folders of the machine."""
    files = {path.relative_to(run.path).as_posix(): path for path in run.path.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in files.items() if name not in ("config.json", ".lock")}


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
    forked = go(fork(original, 3, {"steps": 8}, tmp_path / "my fork"))
    run = unpacked(packed(forked))
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
