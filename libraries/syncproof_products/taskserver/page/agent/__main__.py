"""Run it by hand."""

from syncproof_products.taskserver.page.agent.main import PROGRAM

if __name__ == "__main__":
    PROGRAM.main()
