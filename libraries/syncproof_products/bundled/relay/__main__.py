"""`python -m syncproof_products.bundled.relay --config FILE`."""

from syncproof_products.bundled.relay.main import PROGRAM

if __name__ == "__main__":
    PROGRAM.main()
