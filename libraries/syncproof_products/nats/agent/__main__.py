"""`python -m syncproof_products.nats.agent --config FILE`."""

from syncproof_products.nats.agent.main import PROGRAM

if __name__ == "__main__":
    PROGRAM.main()
