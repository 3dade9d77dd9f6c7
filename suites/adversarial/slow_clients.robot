*** Settings ***
Documentation    A hostile client takes its time. It gets no more of it than everybody.

Resource         ../../resources/sync.resource

Test Tags        adversarial    A-RES-04    priority:high


*** Test Cases ***
Slow clients
    [Documentation]    Who says nothing, or byte by byte, is waited for only so long, and who reads so holds nobody up.
    Given Alice and Bob are syncing
     When a hostile client attacks the relay with slow clients
      And Alice sends 60 messages over 60 seconds
     Then the relay should have refused every attack within 30 seconds
      And no message should have been delayed by more than 20 seconds
      And Bob should receive all 60 messages within 20 seconds
      And the relay should have given back what the attacks took within 10 seconds
      And the relay's memory should not have grown by more than 4 MB with every attack
