"""`python -m syncstack.agent --config FILE`."""

from syncstack.agent.main import PROGRAM

if __name__ == "__main__":
    PROGRAM.main()
