*** Settings ***
Documentation    A device that fails again and again must leave the relay alone for a while, and then recover.

Resource         ../../resources/sync.resource

Test Tags        component    L-5.2    priority:medium


*** Test Cases ***
Circuit breaker activation and recovery
    [Documentation]    Fifty failures in a row; the network is back soon, and nothing comes before the cooldown is over.
    Given Alice and Bob are syncing
     When Bob's network is cut
      And Bob sends 50 messages with attachments of 1 KB
      And Bob's network is restored 1 second after his circuit breaker has opened
     Then Alice should receive all 50 messages within 60 seconds
      And Bob should be syncing again within 10 seconds
      And Bob should have left the relay alone while his circuit breaker was open
      And Bob's circuit breaker should have opened as often as failures demand
      And Alice should have all attachments within 30 seconds

A probe that fails opens the circuit breaker again
    [Documentation]    The network is still broken after the first cooldown: one probe, and as long a pause again.
    Given Alice and Bob are syncing
     When Bob's network is cut
      And Bob sends 50 messages with attachments of 1 KB
      And Bob's network is restored 15 seconds after his circuit breaker has opened
     Then Alice should receive all 50 messages within 60 seconds
      And Bob's circuit breaker should have opened as often as failures demand
      And Bob's circuit breaker should have opened at least 2 times
      And Alice should have no duplicates
