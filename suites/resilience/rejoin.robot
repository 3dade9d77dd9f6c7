*** Settings ***
Documentation    A device that left comes back into the room as if it had never been away.

Resource         ../../resources/sync.resource

Test Tags        resilience    L-0.4    priority:low


*** Test Cases ***
Re-join the room after a disconnect
    [Documentation]    What was said meanwhile is there, and the conversation goes on both ways.
    Given Alice and Bob are syncing
      And Bob goes offline
      And Alice sends 20 messages
     When Bob comes online
      And Bob sends 20 messages
     Then Bob should receive all 20 messages within 30 seconds
      And Alice should receive all 20 messages within 30 seconds
      And nothing should be lost
      And all devices should hold the same messages in the same order
