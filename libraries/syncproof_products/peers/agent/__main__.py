"""`python -m syncproof_products.peers.agent --config FILE`."""

from syncproof_products.peers.agent.main import PROGRAM

if __name__ == "__main__":
    PROGRAM.main()
