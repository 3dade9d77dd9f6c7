"""`python -m syncproof_products.taskserver.server --config FILE`."""

from syncproof_products.taskserver.server.main import PROGRAM

if __name__ == "__main__":
    PROGRAM.main()
