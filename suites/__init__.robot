*** Settings ***
Documentation    Everything that a sync system must survive without losing anything, by category.
