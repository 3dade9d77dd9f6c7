*** Settings ***
Documentation    A very slow link is no dead link.

Resource         ../../resources/sync.resource

Test Tags        resilience    L-1.3    priority:medium


*** Test Cases ***
Extreme latency
    [Documentation]    Five seconds on everything that comes to Bob.
    Given Alice and Bob are syncing
     When Bob's latency is set to 5000 ms
      And Alice sends 20 messages
     Then Bob should receive all 20 messages within 60 seconds
      And nothing should be lost
      And Bob should have no duplicates
