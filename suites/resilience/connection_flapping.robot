*** Settings ***
Documentation    A connection that comes and goes must not wear the device out.

Resource         ../../resources/sync.resource

Test Tags        resilience    L-1.2    priority:medium    slow


*** Test Cases ***
Connection flapping
    [Documentation]    Twelve cuts in a minute, while a hundred messages are sent.
    Given Alice and Bob are syncing
     When Alice sends 100 messages over 60 seconds
      And Bob's connection flaps every 5 seconds
     Then Bob should receive all 100 messages within 30 seconds
      And Bob's circuit breaker should have opened as often as failures demand
      And recovery should have taken at most 15 seconds
      And Bob should have no duplicates
      And Bob's messages should be in order
