*** Settings ***
Documentation    What a device has said in a session of an encrypted group is said once more: it opens nothing.

Resource         ../../resources/sync.resource

Test Tags        adversarial    A-PROTO-02    priority:high


*** Test Cases ***
A recorded session of an encrypted group
    [Documentation]    Every session has keys of its own: what was said in one opens nothing in another.
    Given Alice and Bob are syncing end-to-end encrypted
      And a hostile client records what Alice says
     When Alice sends 20 messages
      And Bob should receive all 20 messages within 20 seconds
      And a hostile client attacks the relay with what it has recorded
      And Alice sends 20 messages over 2 seconds
     Then the relay should have refused every attack within 10 seconds
      And Bob should receive all 40 messages within 20 seconds
      And Bob should have no duplicates
      And the relay should have given back what the attacks took within 10 seconds
