"""`python -m syncproof_products.pocketbase.agent --config FILE`."""

from syncproof_products.pocketbase.agent.main import PROGRAM

if __name__ == "__main__":
    PROGRAM.main()
