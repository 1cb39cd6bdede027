"""Runs the command line: `bearing`, or `python -m app`. It holds no command itself."""

from app.cli import bearing


def main() -> None:
    """Run the command that the arguments name."""
    bearing()


if __name__ == "__main__":
    main()
