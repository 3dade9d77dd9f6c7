*** Settings ***
Documentation    A network that swallows everything and never says so.

Resource         ../../resources/sync.resource

Test Tags        resilience    L-1.1    T-CONN-02    priority:high


*** Test Cases ***
A black hole that never closes the connection
    [Documentation]    Bob must find out by himself that nobody answers any more.
    Given Alice and Bob are syncing
     When Alice sends 50 messages
      And Bob's network goes silent after he has received 20 messages
      And Bob's network is restored after 25 seconds
     Then Bob should receive all 50 messages within 60 seconds
      And Bob should have noticed the silence
      And Bob should have scheduled retries
      And Bob should have no duplicates
      And Bob's messages should be in order
