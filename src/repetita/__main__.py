"""``python -m repetita``: the command line."""

from repetita.cli import main

if __name__ == "__main__":
    main()
