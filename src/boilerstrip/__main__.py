"""The command line, as ``python -m boilerstrip``."""

import sys

from boilerstrip.cli import main

if __name__ == "__main__":
    sys.exit(main())
