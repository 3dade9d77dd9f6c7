"""`python -m syncproof_products.socketio.agent --config FILE`."""

from syncproof_products.socketio.agent.main import PROGRAM

if __name__ == "__main__":
    PROGRAM.main()
