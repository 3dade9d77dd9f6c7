*** Settings ***
Documentation    A disk that is full costs time, never data: not on a device, and not on the relay.

Resource         ../../resources/sync.resource

Test Tags        lifecycle    L-2.3    priority:high    disk


*** Test Cases ***
A device's disk is full
    [Documentation]    Bob says so, keeps what he has, and goes on where he was when there is room again.
    Given Alice and Bob are syncing
     When Alice sends 300 messages of 2 KB
      And Bob's disk is full after he has received 20 messages
      And Bob's disk has room again after 5 seconds
     Then Bob should receive all 300 messages within 30 seconds
      And Bob should have no duplicates
      And Bob should have said that his disk is full

A device whose disk is full takes nothing
    [Documentation]    What Alice could not keep she refuses, and nobody gets it; she goes on when there is room.
    Given Alice and Bob are syncing
     When Bob sends 20 messages of 10 KB
      And Alice's disk is full after she has received 10 messages
     Then Alice should refuse one message more because her disk is full
     When Alice's disk has room again after 5 seconds
     Then Alice should receive all 20 messages within 30 seconds
     When Alice sends 5 messages
     Then Bob should receive all 5 messages within 20 seconds

The relay's disk is full
    [Documentation]    The relay refuses what it cannot store, and devices keep it until it can.
    Given Alice and Bob are syncing
     When Alice sends 60 messages of 10 KB
      And the relay's disk is full after Bob has received 20 messages
      And the relay's disk has room again after 5 seconds
     Then Bob should receive all 60 messages within 30 seconds
      And Bob should have no duplicates
