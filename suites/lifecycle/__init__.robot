*** Settings ***
Documentation    Programs die, stand still, start again, or start where there is no network.
