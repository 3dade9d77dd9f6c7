*** Settings ***
Documentation    The relay and whoever listens on the line carry a group's messages and can read none of them.

Resource         ../../resources/sync.resource

Test Tags        encryption    Z-INV-04    priority:high


*** Test Cases ***
Messages pass a relay that cannot read them
    [Documentation]    Live and from a backlog; looked for in the relay's files, log and memory and in all traffic.
    Given Alice and Bob are syncing end-to-end encrypted
      And the traffic of Alice and Bob is captured
     When Alice sends 20 messages
      And Bob goes offline
      And Alice sends 20 messages
      And Bob comes online
     Then Bob should receive all 40 messages within 30 seconds
      And Bob should have no duplicates
      And Bob's messages should be in order

An encrypted message survives its sender being killed
    [Documentation]    What waits in the outbox goes out as it was sealed the first time, and once.
    Given Alice and Bob are syncing end-to-end encrypted
      And Alice goes offline
      And Alice sends 10 messages
     When Alice is killed
      And Alice starts again after 1 second
      And Alice comes online
     Then Bob should receive all 10 messages within 30 seconds
      And Bob should have no duplicates
