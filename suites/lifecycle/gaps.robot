*** Settings ***
Documentation    A device that reads too slowly is not told everything, and finds that out by the numbers.

Resource         ../../resources/sync.resource

Test Tags        lifecycle    Z-CORE-03    priority:medium    slow    # robocop: off=TAG02


*** Test Cases ***
A gap is found and asked for
    [Documentation]    The relay leaves out what Bob's line cannot take; no connection breaks, and nothing is missing.
    Given Alice and Bob are syncing
     When Bob's bandwidth is limited to 50 KB/s
      And Alice sends 20 messages of 900 KB
      And Bob's bandwidth is back after 2 minutes
     Then Bob should receive all 20 messages within 60 seconds
      And Bob should have asked for every gap
      And Bob's cursor should be consistent
