*** Settings ***
Documentation    A device that loses its network in mid-sync must end up with everything, once, in order.

Resource         ../../resources/sync.resource

Test Tags        resilience    L-1.1    priority:high


*** Test Cases ***
Network interruption during sync
    [Documentation]    A cut of ten seconds costs time, never data.
    Given Alice and Bob are syncing
     When Alice sends 50 messages
      And Bob's network is cut after he has received 20 messages
      And Bob's network is restored after 10 seconds
     Then Bob should receive all 50 messages within 30 seconds
      And Bob should have scheduled retries
      And Bob should have caught up on reconnection
      And Bob should have no duplicates
      And Bob's messages should be in order
