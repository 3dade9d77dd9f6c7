*** Settings ***
Documentation    A cut at the very end of what is sent must not matter either.

Resource         ../../resources/sync.resource

Test Tags        resilience    L-1.1    priority:high


*** Test Cases ***
Cut before the last message
    [Documentation]    Only one was missing.
    Given Alice and Bob are syncing
     When Alice sends 50 messages
      And Bob's network is cut after he has received 49 messages
      And Bob's network is restored after 4 seconds
     Then Bob should receive all 50 messages within 30 seconds
      And Bob should have no duplicates

Cut behind the last message
    [Documentation]    All were there; what Bob says meanwhile must wait for the network.
    Given Alice and Bob are syncing
     When Alice sends 50 messages
      And Bob's network is cut after he has received 50 messages
      And Bob sends 5 messages
      And Bob's network is restored after 4 seconds
     Then Alice should receive all 5 messages within 30 seconds
      And Alice and Bob should each have all 55 messages within 10 seconds
      And Bob should have no duplicates
