"""`python -m facegen_lib.cli`: the same as `facegen`, where that is not on the path."""

from facegen_lib.cli import main

if __name__ == "__main__":
    main()
