"""`python -m matrixagent --config FILE`."""

from matrixagent.main import main

if __name__ == "__main__":
    main()
