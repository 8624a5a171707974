"""States kept along the way: never too many, spread over time, and whole whatever happens to the file they came from."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
import torch

from gan_demo.errors import RunError
from gan_demo.runs.parts import states
from gan_demo.runs.parts.files import write_tensors
from gan_demo.runs.parts.states import MAX_STATES, SavedStates, compact, restored, steps_to_drop
from gan_demo.support.atomic_file import replace_file


def test_no_state_is_given_up_while_there_is_room() -> None:
    assert steps_to_drop(dict.fromkeys(range(MAX_STATES), 10)) == []


def test_of_many_states_the_oldest_the_newest_and_no_gap_are_left() -> None:
    """Kept one after another for a long time, as a run does: at every moment well spread."""
    sizes: dict[int, int] = {}
    for step in range(100, 50_000, 100):
        sizes[step] = 1
        for lost in steps_to_drop(sizes):
            del sizes[lost]
        steps = sorted(sizes)
        assert len(steps) <= MAX_STATES
        assert (steps[0], steps[-1]) == (100, step)
    gaps = [(after - before) / after for before, after in pairwise(sorted(sizes))]
    assert max(gaps[3:]) < 0.5  # nowhere is half of the way missing
    assert sorted(sizes)[MAX_STATES // 2] < 25_000


def test_disk_space_is_a_limit_too_and_the_newest_stays() -> None:
    assert len(steps_to_drop(dict.fromkeys(range(10), 100000000))) == 4
    assert steps_to_drop({1: 700_000_000}) == []
    assert steps_to_drop({1: 700_000_000, 2: 700_000_000}) == [1]


def saved(folder: Path, content: bytes = b"one") -> Path:
    replace_file(folder / "state", content)
    return folder / "state"


def test_a_kept_state_outlives_the_file_it_came_from(tmp_path: Path) -> None:
    saved_states = SavedStates(tmp_path / "states")
    file = saved(tmp_path)
    saved_states.add(5, file)
    saved(tmp_path, b"two")
    assert (tmp_path / "states" / "00000005.safetensors").read_bytes() == b"one"
    saved_states.add(5, file)
    saved_states.add(5, file)  # the very same once more
    assert (tmp_path / "states" / "00000005.safetensors").read_bytes() == b"two"
    assert [path.name for path in (tmp_path / "states").iterdir()] == ["00000005.safetensors"]


def test_a_file_system_without_links_gets_a_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr(states.os, "link", refuse)
    saved_states = SavedStates(tmp_path / "states")
    saved_states.add(5, saved(tmp_path))
    saved(tmp_path, b"two")
    assert (tmp_path / "states" / "00000005.safetensors").read_bytes() == b"one"


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    saved_states = SavedStates(tmp_path / "states")
    assert saved_states.steps() == []
    saved_states.thin()
    saved_states.delete_after(0)
    with pytest.raises(RunError):
        saved_states.load(5)
    assert not (tmp_path / "states").exists()


def test_a_compact_state_comes_back_in_full_and_small_moments_survive() -> None:
    rng = torch.Generator().manual_seed(0)
    state = {
        "G.weight": torch.randn(50, generator=rng),
        "D.weight": torch.randn(50, generator=rng),
        "g_optimizer.0.exp_avg_sq": torch.rand(50, generator=rng) * 1e-12,
        "g_optimizer.0.step": torch.tensor(70_000.0),
        "rng": torch.arange(9, dtype=torch.uint8),
        "counts": torch.tensor([7, 7]),
    }
    small = compact(state)
    assert sum(value.nbytes for value in small.values()) < 0.6 * sum(value.nbytes for value in state.values())
    back = restored(small)
    for key, value in state.items():
        assert back[key].dtype == value.dtype
        torch.testing.assert_close(back[key], value, rtol=0.005, atol=0)
    assert all(torch.equal(back[key], state[key]) for key in ("rng", "counts", "g_optimizer.0.step"))


def test_an_ordinary_state_is_not_touched(tmp_path: Path) -> None:
    state = {"G.weight": torch.randn(9, generator=torch.Generator().manual_seed(0)), "counts": torch.tensor([5, 6])}
    assert all(restored(state)[key] is value for key, value in state.items())
    saved_states = SavedStates(tmp_path)
    write_tensors(tmp_path / "00000005.safetensors", state)
    assert all(torch.equal(saved_states.load(5)[key], value) for key, value in state.items())


def test_later_states_are_forgotten(tmp_path: Path) -> None:
    saved_states = SavedStates(tmp_path / "states")
    for step in (5, 10, 15):
        saved_states.add(step, saved(tmp_path))
    (tmp_path / "states" / "notes.safetensors").write_text("?")
    saved_states.delete_after(10)
    assert saved_states.steps() == [5, 10]
