"""`python -m syncproof_products.bundled.cli`."""

from syncproof_products.bundled.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
