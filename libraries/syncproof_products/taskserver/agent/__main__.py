"""`python -m syncproof_products.taskserver.agent --config FILE`."""

from syncproof_products.taskserver.agent.main import PROGRAM

if __name__ == "__main__":
    PROGRAM.main()
