*** Settings ***
Documentation    Packets pass in one direction only: half of the evidence says that all is well.

Resource         ../../resources/sync.resource

Test Tags        transport    T-CONN-05    priority:high    kernel    unscaled


*** Test Cases ***
A device that hears nothing any more
    [Documentation]    All that Bob sends arrives. That he hears nothing he must find out by himself.
    Given Alice and Bob are syncing
     When packets to Bob are dropped
      And Alice sends 50 messages
      And Bob's packets pass again after 20 seconds
     Then Bob should receive all 50 messages within 30 seconds
      And Bob should have noticed the silence
      And Bob should have no duplicates
      And Bob's messages should be in order

A device that nobody hears any more
    [Documentation]    All that the relay says reaches Alice. That nothing of hers arrives is for her to find out.
    Given Alice and Bob are syncing
     When Alice sends 50 messages
      And packets from Alice are dropped after Bob has received 10 messages
      And Alice's packets pass again after 20 seconds
     Then Bob should receive all 50 messages within 30 seconds
      And Alice should have scheduled retries
      And Bob should have no duplicates
      And Bob's messages should be in order
