"""`python -m syncproof_products.atuin.agent --config FILE`."""

from syncproof_products.atuin.agent.main import PROGRAM

if __name__ == "__main__":
    PROGRAM.main()
