*** Settings ***
Documentation    Seldom, in bursts, in one direction: TCP mends what the network loses, and devices bear the waiting.

Resource         ../../resources/sync.resource

Test Tags        transport    priority:medium    kernel    unscaled


*** Test Cases ***
A hundredth of all packets is lost
    [Documentation]    What was lost comes again, behind what was sent after it.
    [Tags]    T-LOSS-01
    Given Alice and Bob are syncing
     When Bob's network loses 1% of its packets
      And Alice sends 60 messages of 40 KB
     Then Bob should receive all 60 messages within 30 seconds
      And Bob should have no duplicates
      And Bob's messages should be in order

Packets are lost in bursts
    [Documentation]    All copies that TCP sends in quick succession are lost together.
    [Tags]    T-LOSS-03
    Given Alice and Bob are syncing
     When Bob's network loses 20% of its packets in bursts of 5
      And Alice and Bob send 30 messages each over 3 seconds
      And Bob's packets pass again after 4 seconds
     Then Alice and Bob should each have all 60 messages within 30 seconds
      And Alice should have no duplicates
      And recovery should have taken at most 15 seconds

Packets are lost in one direction
    [Documentation]    Bob hears everything at once; every fifth packet of what he says is lost.
    [Tags]    T-LOSS-04
    Given Alice and Bob are syncing
     When Bob's network loses 20% of what he sends
      And Alice and Bob send 30 messages each over 3 seconds
     Then Alice and Bob should each have all 60 messages within 30 seconds
      And Alice should have no duplicates
      And nothing should be lost
