"""`python -m syncproof_products.taskserver.broadcast.agent --config FILE`."""

from syncproof_products.taskserver.broadcast.agent.main import PROGRAM

if __name__ == "__main__":
    PROGRAM.main()
