"""``python -m genotok`` is the command ``genotok``."""

from genotok.cli import main

if __name__ == "__main__":  # spawned workers import this module again
    main()
