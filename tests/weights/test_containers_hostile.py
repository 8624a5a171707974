"""Hostile and damaged weights files: each gives networks or a reason, within bounds of memory and time."""

from __future__ import annotations

import json
import pickle
import struct
import zipfile
from collections.abc import Callable

import numpy as np
import pytest
import safetensors.torch
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gan_demo.errors import DataError
from gan_demo.weights import limits, networks
from gan_demo.weights.containers import read
from gan_demo.weights.reading import archives
from gan_demo.weights.reading.pickles import budget
from tests.weights.stored import G, Generator, offered, refusal, repacked, saved, zipped

pytestmark = pytest.mark.usefixtures("one_thread")


def with_pickle(old: bytes, new: bytes) -> bytes:
    def change(name: str, record: bytes) -> bytes:
        if not name.endswith("data.pkl"):
            return record
        assert record.count(old) == 1
        return record.replace(old, new)

    return repacked(saved({"w": torch.arange(6.0).reshape(2, 3)}), change)


def test_the_tampering_below_starts_from_a_file_that_passes() -> None:
    assert torch.equal(offered(with_pickle(b"K\x06", b"K\x06"))[0].tensors["w"], torch.arange(6.0).reshape(2, 3))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"cpuq\x06K\x06t", b"cpuq\x06J\xff\xff\xff\x7ft"),  # a storage of 2^31 numbers
        (b"K\x02K\x03\x86", b"J\x00\xe1\xf5\x05J\x00\xe1\xf5\x05\x86"),  # a shape of 10^16
        (b"K\x03K\x01\x86", b"J\x00\xe1\xf5\x05K\x01\x86"),  # strides beyond the storage
        (b"QK\x00", b"QK\x07"),  # an offset beyond it
        (b"QK\x00", b"QJ\xff\xff\xff\xff"),  # a negative one
        (b"K\x02K\x03\x86", b"}}\x86"),  # a shape of dicts
    ],
)
def test_a_tensor_that_claims_other_numbers_than_there_are_is_refused(old: bytes, new: bytes) -> None:
    assert "claims more or fewer numbers than it holds" in refusal(with_pickle(old, new))


@pytest.mark.parametrize("legacy", [False, True])
def test_a_tensor_of_a_trillion_numbers_in_one_is_refused(legacy: bool) -> None:
    huge = torch.zeros(1).expand(10**6, 10**6)
    assert "claims more or fewer numbers than it holds" in refusal(saved({"0.weight": huge}, legacy))


def test_many_views_of_one_memory_count_as_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(networks, "_FREE_BYTES", 0)
    memory = torch.zeros(6000)
    assert "the same numbers under many names" in refusal(
        saved({f"{k}.weight": memory.reshape(2, 3000).t() for k in range(3)})
    )


def test_a_safetensors_header_that_claims_gigabytes_is_refused() -> None:
    entry = {"dtype": "F32", "shape": [25_000, 1_000_000], "data_offsets": [0, 10**11]}
    header = json.dumps({"w": entry}).encode()
    assert "ends too early" in refusal(struct.pack("<Q", len(header)) + header + bytes(64))
    assert "ends too early" in refusal(struct.pack("<Q", 10**11) + header)
    entry["data_offsets"] = [0, 64]
    header = json.dumps({"w": entry}).encode()
    assert "claims more or fewer" in refusal(struct.pack("<Q", len(header)) + header + bytes(64))
    many = json.dumps({f"w{k}": entry for k in range(limits.MAX_TENSORS + 1)}).encode()
    assert "too many tensors" in refusal(struct.pack("<Q", len(many)) + many)
    nested = b'{"w":' + b"[" * 100_000
    assert "damaged" in refusal(struct.pack("<Q", len(nested)) + nested)


def test_a_zip_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "_FREE_BYTES", 1_000)
    bomb = repacked(saved({"w": torch.zeros(10)}), lambda name, record: record * 100_000, zipfile.ZIP_DEFLATED)
    assert len(bomb) < 200_000
    assert "unpacks to far more than it holds" in refusal(bomb)


def test_archives_of_countless_entries_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_TENSORS", 100)
    assert "too many tensors" in refusal(zipped({f"archive/data/{k}": b"" for k in range(201)}))
    long = {f"archive/data/{k}{'x' * 1000}": b"" for k in range(50)}  # whose list alone is large
    assert "too many tensors" in refusal(zipped(long))


def test_a_key_of_exponential_size_is_not_hashed() -> None:
    """A dict key of 2^60 nested parts: a few bytes to write, centuries to hash."""
    doubled = b"".join(b"h" + bytes([k]) + b"h" + bytes([k]) + b"\x86q" + bytes([k + 1]) for k in range(60))
    program = b"\x80\x02)q\x00" + doubled + b"}h" + bytes([60]) + b"K\x01s."
    assert "holds no weights" in refusal(repacked(saved({}), lambda _, record: program))


def test_keys_that_share_a_hash_are_set_apart() -> None:
    content = read(
        pickle.dumps({k * (2**61 - 1): k for k in range(1, 9)} | {5: "five", (1, 2): "pair"}), "w.pkl"
    ).content
    assert content[5] == "five"
    assert len({hash(key) for key in content}) == len(content) == 10


def test_an_object_of_exponential_size_as_a_key_is_not_printed() -> None:
    """An object whose state holds the one before it twice, 60 times over, beside a weight."""
    new = b"ca\nb\n)\x81"
    doubled = b"".join(
        new + b"h" + bytes([k]) + b"h" + bytes([k]) + b"\x86b" + b"q" + bytes([k + 1]) for k in range(60)
    )
    program = b"\x80\x02" + new + b"q\x00" + doubled + b"}h" + bytes([60]) + b"K\x01s."
    assert "holds a whole object" in refusal(program) or "holds no weights" in refusal(program)


def test_attributes_and_weights_of_a_network_under_other_keys_than_names_are_left_alone() -> None:
    network = Generator()
    keys = (5, 2.5, None, b"x" * 9, (1, 2))
    network.__dict__.update(dict.fromkeys(keys, 3))  # type: ignore[arg-type]
    network.main._buffers.update({key: torch.ones(2) for key in keys})  # type: ignore[misc]
    assert offered(saved(network, legacy=True))[0].tensors.keys() == Generator().state_dict().keys()


def test_names_of_countless_components_are_divided_to_a_depth() -> None:
    deep = {"a." * 5_000 + "weight": torch.ones(2, 2), "module." * 5_000 + "bias": torch.ones(2)}
    assert len(offered(saved(deep))[0].tensors) == 2
    assert offered(saved({"generator." * 3_000 + "weight": torch.ones(2, 2)}))[0].kind == "generator"


PROGRAMS = {
    "many values": b"]" + b"}" * 30_000,
    "copies of a long list": b"(" + b"N" * 1_000 + b"lq\x00" + b"cbuiltins\nlist\nh\x00\x85R" * 1_000,
    "copies of a long text": b"X\x10\x27\x00\x00"
    + b"a" * 10_000
    + b"q\x00"
    + b"c_codecs\nencode\nh\x00U\x06latin1\x86R" * 1_000,
    "many objects": b"ccollections\nOrderedDict\n)R" * 10_000,
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_a_pickle_that_makes_too_many_values_is_refused(program: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "_FREE_BYTES", 1_000_000)
    assert "too many values besides its weights" in refusal(b"\x80\x02" + program + b".")


def test_deep_and_endless_nesting_is_followed_to_a_depth() -> None:
    assert "holds no weights" in refusal(b"\x80\x02}X\x01\x00\x00\x00a" + b"]" * 50_000 + b"a" * 49_999 + b"s.")
    endless: dict[str, object] = {"0.weight": torch.zeros(3)}
    endless |= dict.fromkeys("abcdefghij", endless)
    assert offered(saved(endless))


# ---- damage gives networks or DataError, and nothing else


FORMATS: dict[str, Callable[[], bytes]] = {
    "zip": lambda: saved({"G": G, "epoch": 3}),
    "legacy": lambda: saved({"G": G, "epoch": 3}, legacy=True),
    "module": lambda: saved(Generator(), legacy=True),
    "pickle": lambda: pickle.dumps({"G": G, "curve": np.linspace(0, 1, 9)}, 4),
    "safetensors": lambda: safetensors.torch.save(G),
    "archive": lambda: zipped({"G.safetensors": safetensors.torch.save(G)}),
}
BYTES = {kind: make() for kind, make in FORMATS.items()}


def is_read_or_refused(data: bytes) -> bool:
    """Return whether a file is refused. Fails for any other error, and for weights that are no finite float32."""
    try:
        stored = offered(data, "damaged.bin")
    except DataError:
        return True
    assert all(value.dtype == torch.float32 and value.isfinite().all() for n in stored for value in n.tensors.values())
    return False


def changed(data: bytes, position: float, value: int) -> bytes:
    """Change a byte: of the whole file, or more often of where its structure stands."""
    near = min(len(data), 3_000)
    index = (
        int(position * near)
        if position < 0.4
        else len(data) - 1 - int((position - 0.4) * near)
        if position < 0.8
        else int(position * len(data))
    )
    return data[:index] + bytes([value]) + data[index + 1 :]


@settings(max_examples=120, deadline=None)
@given(kind=st.sampled_from(list(FORMATS)), position=st.floats(0, 0.999), value=st.integers(0, 255), cut=st.booleans())
def test_a_changed_byte_or_a_cut_gives_networks_or_a_reason(kind: str, position: float, value: int, cut: bool) -> None:
    data = BYTES[kind]
    is_read_or_refused(data[: int(position * len(data))] if cut else changed(data, position, value))


@settings(max_examples=60, deadline=None)
@given(position=st.floats(0, 0.999), value=st.integers(0, 255), more=st.integers(0, 255))
def test_damage_inside_of_an_intact_archive_gives_networks_or_a_reason(position: float, value: int, more: int) -> None:
    """The archive's checksums would show it; here they are computed anew."""

    def damage(name: str, record: bytes) -> bytes:
        return changed(changed(record, position, value), more / 256, value) if name.endswith("data.pkl") else record

    is_read_or_refused(repacked(BYTES["zip"], damage))


@pytest.mark.soak
def test_thousands_of_damages_give_networks_or_a_reason() -> None:
    rng = np.random.default_rng(2026)
    refused = 0
    for _ in range(4_000):
        for data in BYTES.values():
            damaged = data
            for _ in range(int(rng.integers(1, 4))):
                damaged = changed(damaged, float(rng.random()), int(rng.integers(256)))
            refused += is_read_or_refused(damaged)
    assert refused > 4_000


@pytest.mark.soak
@given(program=st.binary(max_size=200))
@settings(max_examples=20_000, deadline=None)
def test_any_bytes_as_a_pickle_give_networks_or_a_reason(program: bytes) -> None:
    is_read_or_refused(b"\x80\x04" + program + b".")


def test_every_instruction_of_pickles_is_known() -> None:
    import pickletools

    from gan_demo.weights.pickle_reader import _LITERALS, _STEPS

    assert {code.name for code in pickletools.opcodes} - _LITERALS - _STEPS.keys() == {"PROTO", "FRAME", "STOP"}
