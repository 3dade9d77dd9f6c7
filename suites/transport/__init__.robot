*** Settings ***
Documentation    Below TCP: packets are lost or pass one way only, a device changes its address.
