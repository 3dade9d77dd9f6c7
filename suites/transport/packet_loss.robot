*** Settings ***
Documentation    A network that loses packets is slow now and then, and loses no message.

Resource         ../../resources/sync.resource

Test Tags        transport    T-LOSS-02    priority:high    kernel    unscaled


*** Test Cases ***
A tenth of all packets is lost
    [Documentation]    TCP sends them again; what the devices make of the waiting is what is tried here.
    Given Alice and Bob are syncing
     When Bob's network loses 10% of its packets
      And Alice sends 50 messages
      And Bob sends 100 messages over 15 seconds
     Then Alice and Bob should each have all 150 messages within 60 seconds
      And Bob should have no duplicates
      And Alice should have no duplicates
      And Bob's messages should be in order
