*** Settings ***
Documentation    A gateway that does not reach the relay answers in its place, and has decided nothing.

Resource         ../../resources/sync.resource

Test Tags        resilience    L-5.1    priority:high


*** Test Cases ***
The sender's gateway answers 502
    [Documentation]    What a gateway refused for a relay that is well is sent again, and is there once.
    Given Alice and Bob are syncing
     When Alice sends 30 messages
      And Alice's gateway answers 502 after she has sent 10 messages
      And Alice should have scheduled retries
      And Alice's gateway passes requests on again after 20 seconds
     Then Bob should receive all 30 messages within 30 seconds
      And Bob should have no duplicates
      And Bob's messages should be in order

The receiver's gateway answers 502
    [Documentation]    Whoever is told 502 where it fetches and listens comes back later and later, and misses nothing.
    Given Alice and Bob are syncing
     When Alice sends 30 messages
      And Bob's gateway answers 502 after he has received 10 messages
      And Bob's gateway passes requests on again after 20 seconds
     Then Bob should receive all 30 messages within 30 seconds
      And Bob should have backed off before each attempt to connect
      And Bob should have no duplicates
