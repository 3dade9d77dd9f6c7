*** Settings ***
Documentation    One event that nobody can read must neither stop a device nor cost what comes behind it.

Resource         ../../resources/sync.resource

Test Tags        component    L-5.1    priority:high


*** Test Cases ***
Poisoned events arrive live
    [Documentation]    A faulty client of Alice's sends broken, bottomless and impossible events among her messages.
    Given Alice and Bob are syncing
     When Alice sends 20 messages
      And Alice's other client sends 3 events that nobody can read
      And Alice sends 20 messages
     Then Bob should receive all 40 messages within 30 seconds
      And Bob should have quarantined 3 events within 10 seconds
      And Bob's marker should reach message 40 within 15 seconds
      And all devices should hold the same messages in the same order

Poisoned events wait in a backlog
    [Documentation]    They are in the middle of a page that a device catches up on.
    Given Alice and Bob are syncing
      And Bob goes offline
      And Alice sends 20 messages
      And Alice's other client sends 3 events that nobody can read
      And Alice sends 20 messages
     When Bob comes online
     Then Bob should receive all 40 messages within 30 seconds
      And Bob should have quarantined 3 events within 10 seconds
      And Bob should have caught up on reconnection
      And Bob's marker should never have skipped a message
