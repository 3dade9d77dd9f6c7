*** Settings ***
Documentation    Who cannot connect waits longer each time, not for ever, and not as long as everybody else.

Resource         ../../resources/sync.resource

Test Tags        lifecycle    Z-CORE-01    priority:medium    # robocop: off=TAG02


*** Test Cases ***
The delay doubles up to its longest
    [Documentation]    2, 4, 8, 16 and then 30 seconds, and up to five more each time: never beyond 35.
    Given devices wait 2 seconds to 30 seconds before they connect again and up to 5 seconds more
      And Alice and Bob are syncing
     When Bob's network is cut
      And Alice sends 20 messages
      And Bob's network is restored after 50 seconds
     Then Bob should receive all 20 messages within 40 seconds
      And Bob should have waited before each attempt to connect as planned

The delay begins anew after a success
    [Documentation]    A connection that stood for long has made good for what failed before it.
    Given devices wait 2 seconds to 30 seconds before they connect again and up to 5 seconds more
      And Alice and Bob are syncing
     When Bob's network is cut
      And Alice sends 20 messages over 55 seconds
      And Bob's network is restored after 10 seconds
      And Bob's connections are reset after he has received 20 messages
      And Alice sends 5 messages
      And Bob's network is restored after 5 seconds
     Then Bob should receive all 25 messages within 40 seconds
      And Bob should have waited before each attempt to connect as planned
