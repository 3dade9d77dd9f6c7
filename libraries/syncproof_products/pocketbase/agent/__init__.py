"""A client of PocketBase behind the agent protocol, written as PocketBase's documentation and its SDKs show one."""
