*** Settings ***
Documentation    The network or the relay fails while devices sync.
