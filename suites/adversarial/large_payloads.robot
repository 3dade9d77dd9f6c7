*** Settings ***
Documentation    A hostile client takes memory. It gets its share of it.

Resource         ../../resources/sync.resource

# So many bytes take their time at any scale.
Test Tags        adversarial    A-RES-02    priority:high    unscaled


*** Test Cases ***
Large payloads
    [Documentation]    Thirty-two bodies of 12 MB come at once; one client may not have them all in the relay's memory.
    Given Alice and Bob are syncing
     When a hostile client attacks the relay with large payloads
      And Alice sends 40 messages over 8 seconds
     Then the relay should have refused every attack within 20 seconds
      And the relay should never have needed more than 160 MB on top
      And no message should have been delayed by more than 20 seconds
      And Bob should receive all 40 messages within 20 seconds
      And the relay should have given back what the attacks took within 10 seconds
      And the relay's memory should not have grown by more than 48 MB with every attack
