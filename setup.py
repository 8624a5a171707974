"""The packages of the wheel; everything else about it is in pyproject.toml.

Three things lie at the top of the checkout, where people and tools look for them, and belong into the wheel:
``app.py``, ``.streamlit/config.toml`` and ``pretrained/``. They are packed as the folder ``gan_demo/top_level``
(see gan_demo/support/top_level.py).
"""

from setuptools import find_packages, setup

setup(
    packages=[*find_packages(include=["gan_demo*"]), "gan_demo.top_level"],
    package_dir={"gan_demo.top_level": "."},
    script_name="setup.py",  # which setuptools leaves out of the modules of the folder "."
)
