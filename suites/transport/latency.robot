*** Settings ***
Documentation    What comes late comes all the same, once, in order and unchanged.

Resource         ../../resources/sync.resource

Test Tags        transport    priority:medium


*** Test Cases ***
A latency of 100 ms
    [Documentation]    What is under way when the next message is written must not be overtaken by it.
    [Tags]    T-LAT-01
    Given Alice and Bob are syncing
     When Bob's latency both ways is set to 100 ms
      And Alice and Bob send 50 messages each
     Then Alice and Bob should each have all 100 messages within 30 seconds
      And Alice should have no duplicates
      And Alice's messages should be in order
      And Bob's messages should be in order

A latency spike of 500 ms
    [Documentation]    A device says that its link is degraded for as long as it is, and no longer.
    [Tags]    T-LAT-02
    Given Alice and Bob are syncing
     When Bob's latency is set to 500 ms
      And Alice sends 20 messages
      And Bob's latency is back to normal after 15 seconds
     Then Bob should show a degraded connection within 15 seconds
      And Bob should show a good connection within 15 seconds
      And Bob should receive all 20 messages within 30 seconds
      And nothing should be lost

A latency that varies from 50 to 200 ms
    [Documentation]    Now two messages come in one piece, now one in two.
    [Tags]    T-LAT-03    unscaled
    Given Alice and Bob are syncing
     When Bob's latency varies by 75 ms around 125 ms
      And Alice sends 20 messages of 40 KB
     Then Bob should receive all 20 messages within 30 seconds
      And Bob should have no duplicates
      And Bob's messages should be in order

A latency in one direction
    [Documentation]    Bob hears everything at once, and what he says is late.
    [Tags]    T-LAT-04
    Given Alice and Bob are syncing
     When Bob's upstream latency is set to 500 ms
      And Alice and Bob send 20 messages each
     Then Alice and Bob should each have all 40 messages within 30 seconds
      And nothing should be lost
      And all devices should hold the same messages in the same order
