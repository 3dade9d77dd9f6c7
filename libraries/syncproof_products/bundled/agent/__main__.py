"""`python -m syncproof_products.bundled.agent --config FILE`."""

from syncproof_products.bundled.agent.main import PROGRAM

if __name__ == "__main__":
    PROGRAM.main()
