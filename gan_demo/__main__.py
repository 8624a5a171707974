"""``python -m gan_demo``."""

from gan_demo.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
