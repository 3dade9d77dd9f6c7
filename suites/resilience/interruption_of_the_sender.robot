*** Settings ***
Documentation    It may be the sender that loses its network, or everybody.

Resource         ../../resources/sync.resource

Test Tags        resilience    L-1.1    priority:high


*** Test Cases ***
The sender's network is cut
    [Documentation]    What Alice writes without a network waits and is sent once.
    Given Alice and Bob are syncing
     When Alice sends 50 messages
      And Alice's network is cut after she has sent 20 messages
      And Alice's network is restored after 4 seconds
     Then Bob should receive all 50 messages within 30 seconds
      And Alice should have scheduled retries
      And Bob should have no duplicates
      And Bob's messages should be in order

Both networks are cut
    [Documentation]    Nobody has a network for a while.
    Given Alice and Bob are syncing
     When Alice sends 50 messages
      And the networks of Alice and Bob are cut after Bob has received 20 messages
      And the networks of Alice and Bob are restored after 4 seconds
     Then Bob should receive all 50 messages within 30 seconds
      And Bob should have no duplicates
      And Bob's messages should be in order
      And nothing should be lost
