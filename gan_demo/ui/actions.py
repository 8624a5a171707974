"""What the buttons do to runs: start, go on, stop, delete and bring back. No widgets here."""

from __future__ import annotations

import hmac
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from gan_demo import changes, classroom, disk, explore_routes, ownership, run_archive, runfiles, runs, server
from gan_demo.config import RunConfig
from gan_demo.errors import GanDemoError, JobError
from gan_demo.jobs import Job, JobManager
from gan_demo.run_status import Status, status_without_job
from gan_demo.runs import RunDir
from gan_demo.steering import Order

KEEP_DELETED = 3600.0  # seconds in which a deletion can be undone
SAVED = 10.0  # seconds at most that a training which is to stop may take to save itself
STEP_PATIENCE = 2.0  # seconds that a press of "step" waits for its picture


@dataclass(frozen=True)
class State:
    """Where a run is: its job's word while there is one in this process, else its folder's."""

    status: Status
    job: Job | None
    error: BaseException | None = None

    @property
    def alive(self) -> bool:
        """Queued, training or paused."""
        return self.status.is_alive


def state(run: RunDir) -> State:
    """Where ``run`` is now."""
    job = server.manager().get(run.id)
    if job is not None:
        now = job.snapshot
        return State(now.status, job, now.error)
    info = run.info
    return State(status_without_job(info.status), None, info.error.error() if info.error else None)


def own_job(owner: str) -> Job | None:
    """The newest of this visitor's jobs that is not over."""
    mine = [job for job in server.manager().jobs() if not job.done and hmac.compare_digest(job.owner, owner)]
    return mine[-1] if mine else None


# ---- start and go on


def start(config: RunConfig, name: str, owner: str) -> str:
    """Make a run and queue it; returns its id. Raises GanDemoError."""
    _check_room()
    run = RunDir.create(runs.home() / runs.new_id(name), config, name)
    ownership.claim(run, owner)
    _submit(run, name, owner)
    return run.id


def resume(run: RunDir, owner: str, more_steps: int = 0) -> None:
    """Go on with a run that is over, for ``more_steps`` beyond its plan. Raises GanDemoError."""
    ownership.check_owner(run, owner)
    disk.check_free(runs.home())
    if more_steps:
        with run.writing():
            longer = run.config.with_settings({"steps": run.config.train.steps + more_steps})
            run.change_config(longer, run.info.step, run.info.seconds)
    _submit(RunDir(run.path), run.info.name, owner)


def _check_room() -> None:
    """Raise GanDemoError where there is no room for another run; what nobody can bring back any more goes first."""
    _empty_trash()
    disk.check_new(runs.home(), runs.home())


def _submit(run: RunDir, name: str, owner: str) -> None:
    from gan_demo import devices, trainer  # torch comes with it; server.warm_up has most likely loaded it

    device = devices.default_device()

    def train(job: Job) -> Iterator[Any]:
        try:
            yield from trainer.train(run, device=device, control=job)
        except GeneratorExit:  # stopped: all is saved by now
            explore_routes.prepare(run)
            raise
        explore_routes.prepare(run)

    server.manager().submit(run.id, name, owner, device, train)


def again(run: RunDir, changes: Mapping[str, object], owner: str, name: str = "") -> str:
    """A new run with the settings of ``run`` and some changes, to which its class goes on; returns its id.

    Raises GanDemoError, as for a run on someone else's images.
    """
    if run.config.data.path:
        ownership.check_owner(run, owner)
    new = start(unfitted(run.config.with_settings(changes)), name or run.info.name, owner)
    classroom.move(run, runs.find(new), owner)
    return new


def fork(run: RunDir, step: int, settings: Mapping[str, object], owner: str) -> str:
    """A new run of this visitor's that goes on from a kept step with other training settings; returns its id.

    Anyone may fork what they may watch, except what was trained on someone else's images; a class goes on with its own
    teacher's fork. Raises GanDemoError.
    """
    if run.config.data.path:
        ownership.check_owner(run, owner)
    _check_room()
    from gan_demo import forking  # torch comes with it

    made = forking.fork(RunDir(run.path), step, settings, runs.home() / runs.new_id(run.info.name))
    ownership.claim(made, owner)
    _submit(made, run.info.name, owner)
    classroom.move(run, made, owner)
    return made.id


def unfitted(config: RunConfig) -> RunConfig:
    """The same settings without what followed from the data."""
    return replace(config, model=replace(config.model, shape=(), labels=()))


def calmer(config: RunConfig) -> dict[str, object]:
    """Changes after a divergence: a quarter of both learning rates, and some R1 if there is no penalty at all."""
    changes: dict[str, object] = {"g_lr": config.train.g_lr / 4, "d_lr": config.train.d_lr / 4}
    if not (config.train.r1 or config.train.gp):
        changes["r1"] = 0.1
    return changes


def on_built_in_data(config: RunConfig, fallback: str) -> RunConfig:
    """The same networks and training on an embedded set."""
    data = replace(config.data, name=fallback, path="", limit=0)
    return unfitted(replace(config, data=data))


def go_on_built_in(run: RunDir, fallback: str, owner: str) -> str:
    """Train on an embedded set what could not have its own; returns the run's id. Raises GanDemoError.

    A run of this visitor's that has learned something, as a fork has, goes on with it where the set is alike: MNIST's
    digits. Else a new one begins.
    """
    from gan_demo import datasets  # torch comes with it

    known, config = datasets.source(fallback), RunDir(run.path).config
    alike = (known.shape, known.labels if config.model.conditional else ()) == (config.model.shape, config.model.labels)
    if not (run.info.state and alike and ownership.owns(run, owner)):
        return start(on_built_in_data(config, fallback), fallback, owner)
    with run.writing():
        run.set_config(replace(config, data=on_built_in_data(config, fallback).data))
    _submit(RunDir(run.path), run.info.name, owner)
    return run.id


# ---- control


def pause(job_id: str, owner: str) -> None:
    """Hold."""
    server.manager().control(job_id, owner).pause()


def unpause(job_id: str, owner: str) -> None:
    """Go on after a pause."""
    server.manager().control(job_id, owner).resume()


def step(job_id: str, owner: str, what: Order = "both") -> None:
    """One step of a paused job, or an update of "d" or "g" alone; returns when its picture is there to be shown."""
    job = server.manager().control(job_id, owner)
    job.step(what)
    _until(lambda: job.is_held() or job.done)


def change(run: RunDir, settings: Mapping[str, object], owner: str) -> None:
    """Change settings of a run that trains or is paused; returns when they are in effect.

    Raises ConfigError (settings that can't change now, or don't fit), JobError (not this visitor's; over).
    """
    job = server.manager().control(run.id, owner)
    changes.live(settings_now(run), settings)
    job.change(settings)
    _until(lambda: not job.waiting_changes())


def settings_now(run: RunDir) -> RunConfig:
    """A run's settings, with the changes that its training is about to take."""
    job = server.manager().get(run.id)
    waiting = job.waiting_changes() if job is not None and not job.done else ()
    config = RunDir(run.path).config
    for settings in waiting:
        config = changes.live(config, settings)
    return config


def undo_change(run: RunDir, owner: str) -> None:
    """Take the newest live change back; there may be none. Raises as ``change`` does."""
    last = changes.to_undo(run.changes())
    if last is not None:
        change(run, last["was"], owner)


def _until(condition: Callable[[], bool]) -> None:
    """Wait for the training thread, so that the page shows what it did; not for long, it may be busy."""
    deadline, pulse = time.monotonic() + STEP_PATIENCE, threading.Event()
    while not condition() and time.monotonic() < deadline:
        pulse.wait(0.01)


def stop(job_id: str, owner: str) -> None:
    """End and keep what there is; one that still waits ends at once."""
    server.manager().cancel(job_id, owner)


def stop_and_wait(run: RunDir, owner: str) -> None:
    """End a run and wait until it is saved, so that its last state can be forked; not for longer than ``SAVED``."""
    job = server.manager().get(run.id)
    stop(run.id, owner)
    if job is not None:
        job.wait(SAVED)


def ahead_of(job: Job, manager: JobManager | None = None) -> list[Job]:
    """The jobs that a queued job waits for, the running one first."""
    others = [one for one in (manager or server.manager()).jobs() if one.device == job.device and one is not job]
    running = [one for one in others if one.snapshot.status in (Status.RUNNING, Status.PAUSED)]
    place = job.snapshot.position
    return running + [one for one in others if 0 < one.snapshot.position < place]


# ---- delete and bring back


def delete(run: RunDir, owner: str) -> None:
    """Put a run that is over away; ``restore`` brings it back within the hour. Raises JobError, RunError."""
    ownership.check_owner(run, owner)
    job = server.manager().get(run.id)
    if job is not None and not job.snapshot.status.is_over:
        raise JobError("job", run.id, "is already running", "Stop it first")
    _empty_trash()
    _trash().mkdir(parents=True, exist_ok=True)
    with run.writing():  # the command line may be training it
        run.path.rename(_trash() / f"{run.id}@{int(time.time())}")


def restore(run_id: str) -> bool:
    """Bring a deleted run back; False if it is too late."""
    for path in _trash().glob(f"{run_id}@*"):
        path.rename(runs.home() / run_id)
        return True
    return False


def _trash() -> Path:
    return runs.home() / disk.TRASH


def _empty_trash() -> None:
    for path in _trash().glob("*@*"):
        stamp = path.name.rpartition("@")[2]
        if stamp.isdigit() and time.time() - int(stamp) > KEEP_DELETED:
            shutil.rmtree(path, ignore_errors=True)


# ---- files


def save_upload(data: bytes, name: str) -> Path:
    """Keep an uploaded zip under a name of our own; returns its path. Raises GanDemoError where there is no room."""
    _check_room()
    folder = runs.home() / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{runs.new_id(Path(name).stem)}.zip"
    runfiles.replace_file(path, data)
    return path


def open_run_file(file: IO[bytes], name: str, owner: str) -> str:
    """Bring in a whole run from its zip file; it becomes this visitor's. Returns its id. Raises GanDemoError."""
    _empty_trash()
    with run_archive.opened(file, name, run_archive.PAGE_UNPACKED_BYTES) as archive:
        run_id = archive.free_id(runs.home(), lambda run_id: server.manager().get(run_id) is not None)
        run = archive.unpack(runs.home() / run_id)
    ownership.claim(run, owner)
    return run.id


def give_images(run: RunDir, data: bytes, name: str, owner: str) -> None:
    """Give a run that was opened without its own images a zip of them, to train on with. Raises GanDemoError."""
    ownership.check_owner(run, owner)
    path = save_upload(data, name)
    try:
        run_archive.give_images(run, path)
    except GanDemoError:
        path.unlink()
        raise


def weights(run: RunDir) -> bytes:
    """The last checkpoint's generator as safetensors, its settings inside. Raises RunError if there is none yet."""
    from gan_demo import export  # torch comes with it

    fresh = RunDir(run.path)  # its settings are complete only once the data was seen
    return export.weights_file(fresh.generator(), fresh.config.model)


def metrics_csv(columns: Mapping[str, list[Any]]) -> bytes:
    """All rows, a column a scalar; lists are joined with spaces, missing values are empty."""
    import csv
    import io

    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(columns)
    for row in zip(*columns.values(), strict=True):
        writer.writerow([_cell(value) for value in row])
    return file.getvalue().encode()


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value))
    return "" if value != value else str(value)  # NaN is what does not equal itself
