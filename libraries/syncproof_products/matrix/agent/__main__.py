"""`python -m syncproof_products.matrix.agent --config FILE`."""

from syncproof_products.matrix.agent.main import PROGRAM

if __name__ == "__main__":
    PROGRAM.main()
