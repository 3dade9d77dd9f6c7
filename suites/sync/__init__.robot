*** Settings ***
Documentation    Whatever disturbs a push or a pull, devices end with the same log, cursor and version vector.
