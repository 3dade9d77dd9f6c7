"""`python -m syncproof_products.taskserver.command_line --data DIRECTORY COMMAND ...`."""

import sys

from syncproof_products.taskserver.command_line.program import main

if __name__ == "__main__":
    sys.exit(main())
