*** Settings ***
Documentation    The baseline: on a normal network two devices exchange messages both ways.

Resource         ../../resources/sync.resource

Test Tags        catchup    L-0.1    priority:high


*** Test Cases ***
Two devices exchange 100 messages each way
    [Documentation]    A fresh room, both speak at once, everything arrives on both sides in one order.
    Given Alice and Bob are syncing
     When Alice sends 100 messages over 5 seconds
      And Bob sends 100 messages over 5 seconds
     Then Alice and Bob should each have all 200 messages within 30 seconds
      And nothing should be lost
      And all devices should hold the same messages in the same order
