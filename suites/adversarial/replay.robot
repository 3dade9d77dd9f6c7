*** Settings ***
Documentation    What a device has said is said once more, by somebody else: nothing comes of it.

Resource         ../../resources/sync.resource

Test Tags        adversarial    A-PROTO-02    priority:high


*** Test Cases ***
Recorded requests
    [Documentation]    The relay knows each push again, and stores none of them twice.
    Given Alice and Bob are syncing
      And a hostile client records what Alice says
     When Alice sends 20 messages
      And Bob should receive all 20 messages within 20 seconds
      And a hostile client attacks the relay with what it has recorded
      And Alice sends 20 messages over 2 seconds
     Then Bob should receive all 40 messages within 20 seconds
      And no message should have been delayed by more than 5 seconds
      And Bob should have no duplicates
      And the relay should have given back what the attacks took within 10 seconds
