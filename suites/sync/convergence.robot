*** Settings ***
Documentation    When the disturbance is over and all is quiet, devices have identical messages and version vectors.

Resource         ../../resources/sync.resource

Test Tags        sync    priority:high


*** Test Cases ***
Both sides of a partition push and are reconciled
    [Documentation]    Neither side's messages give way to the other's.
    [Tags]    S-CONV-01
    Given Alice and Bob are syncing
     When the networks of Alice and Bob are cut
      And Alice and Bob send 20 messages each
      And the networks of Alice and Bob are restored after 10 seconds
     Then Alice and Bob should each have all 40 messages within 30 seconds
      And nothing should be lost
      And all devices should hold the same messages in the same order
      And all devices should have equal version vectors

A cursor is outdated after a long absence
    [Documentation]    Bob has missed more than one reply can hold, and the relay has been started anew meanwhile.
    [Tags]    S-CONV-02
    Given Alice, Bob and Carol are syncing
      And Alice sends 20 messages
      And Bob goes offline
      And Alice and Carol send 300 messages each
      And the relay is restarted
     When Bob comes online
     Then Bob should receive all 620 messages within 30 seconds
      And all devices should hold the same messages in the same order
      And all devices should have equal version vectors
      And Bob's cursor should be consistent

Version vectors diverge and converge again
    [Documentation]    Each side counts its own writes only; the version that resolves the conflict knows of both.
    [Tags]    S-CONV-03
    Given Alice and Bob are syncing
      And Alice and Bob have entry "plan" with vector clock {Alice: 1, Bob: 1}
      And Alice and Bob go offline
     When Alice writes "north" into entry "plan"
      And Bob writes "south" into entry "plan"
      And Alice and Bob come online
     Then "north" and "south" in entry "plan" should be concurrent
     When Bob resolves entry "plan" to "north-south"
     Then Alice and Bob should show "north-south" in entry "plan" within 30 seconds
      And all devices should have equal version vectors

A device pulls only what came after its cursor
    [Documentation]    What it has is not fetched once more, and what it has not is fetched without a gap.
    [Tags]    S-CONV-04
    Given Alice and Bob are syncing
      And Alice sends 20 messages
      And Bob should receive all 20 messages within 10 seconds
      And Bob goes offline
      And Alice sends 40 messages
     When Bob comes online
     Then Bob should receive all 60 messages within 30 seconds
      And Bob should have pulled only what came after his cursor
      And Bob's cursor should be consistent
      And all devices should have equal version vectors
