"""`python -m syncproof_products.syncthing.agent --config FILE`."""

from syncproof_products.syncthing.agent.main import PROGRAM

if __name__ == "__main__":
    PROGRAM.main()
