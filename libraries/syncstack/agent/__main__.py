"""`python -m syncstack.agent --config FILE`."""

from syncstack.agent.main import main

if __name__ == "__main__":
    main()
