*** Settings ***
Documentation    A hostile client takes connections, and says nothing. It gets its share of them.

Resource         ../../resources/sync.resource

# What piles up, does so within the time that the relay waits for a request.
Test Tags        adversarial    A-RES-01    priority:high    unscaled


*** Test Cases ***
A flood of connections
    [Documentation]    Eight hundred connections say nothing. The relay keeps the newest of them.
    Given Alice and Bob are syncing
     When a hostile client attacks the relay with a flood of connections
      And Alice sends 60 messages over 25 seconds
     Then the relay should have refused every attack within 20 seconds
      And the relay should never have had more than 600 descriptors on top
      And no message should have been delayed by more than 20 seconds
      And Bob should receive all 60 messages within 20 seconds
      And the relay should have given back what the attacks took within 10 seconds
      And the relay's memory should not have grown by more than 4 MB with every attack
