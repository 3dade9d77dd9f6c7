*** Settings ***
Documentation    Where exactly a cut falls must not matter: at the very start.

Resource         ../../resources/sync.resource

Test Tags        resilience    L-1.1    priority:high


*** Test Cases ***
Cut before the first message
    [Documentation]    Nothing had arrived when the network went.
    Given Alice and Bob are syncing
     When Alice sends 50 messages
      And Bob's network is cut after he has received 0 messages
      And Bob's network is restored after 4 seconds
     Then Bob should receive all 50 messages within 30 seconds
      And nothing should be lost

Cut behind the first message
    [Documentation]    One was there.
    Given Alice and Bob are syncing
     When Alice sends 50 messages
      And Bob's network is cut after he has received 1 messages
      And Bob's network is restored after 4 seconds
     Then Bob should receive all 50 messages within 30 seconds
      And Bob should have no duplicates
