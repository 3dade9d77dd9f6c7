"""`python -m matrixagent --config FILE`."""

from matrixagent.main import PROGRAM

if __name__ == "__main__":
    PROGRAM.main()
