"""Ready-made votes: each is one that its run can follow."""

from __future__ import annotations

from pathlib import Path

import pytest

from gan_demo.boards import classroom as board_classroom
from gan_demo.classroom import polls
from gan_demo.classroom.polls import Option
from gan_demo.i18n import text
from gan_demo.presets import PRESETS
from gan_demo.runs.run_dir import RunDir


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", PRESETS)
def test_every_template_is_a_vote_that_its_run_can_follow(name: str, language: str, home: Path) -> None:
    run = RunDir.create(home / name, PRESETS[name], name)
    with text.use_language(language):
        templates = board_classroom.poll_templates(run)
    assert templates[0]["options"][0]["settings"], "the first has something to decide"
    for template in templates:
        options = [Option(option["text"], option["settings"]) for option in template["options"]]
        polls.new(template["question"], options, run.config)
