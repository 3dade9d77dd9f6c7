"""`python -m syncstack.relay --config FILE`."""

from syncstack.relay.main import main

if __name__ == "__main__":
    main()
