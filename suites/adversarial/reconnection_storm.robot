*** Settings ***
Documentation    A hostile client opens streams and leaves. It is told to come later, and nobody else is.

Resource         ../../resources/sync.resource

Test Tags        adversarial    A-RES-05    priority:high


*** Test Cases ***
A storm of reconnections
    [Documentation]    One client opens three hundred streams. It is told when to come again; nobody else is.
    Given Alice and Bob are syncing
     When a hostile client attacks the relay with a storm of reconnections
      And Alice sends 40 messages over 4 seconds
     Then the relay should have slowed the hostile client down within 10 seconds
      And no message should have been delayed by more than 5 seconds
      And Bob should receive all 40 messages within 20 seconds
      And Bob should have no duplicates
      And the relay should have given back what the attacks took within 10 seconds
      And the relay's memory should not have grown by more than 4 MB with every attack
