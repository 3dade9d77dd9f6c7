*** Settings ***
Documentation    Below what devices say: late, thin, reset, one way only, losing packets, under another address.
