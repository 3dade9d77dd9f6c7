*** Settings ***
Documentation    Who joins late has missed nothing; who leaves hears no more, and holds nobody up.

Resource         ../../resources/sync.resource

Test Tags        lifecycle    L-3.3    priority:high


*** Test Cases ***
A member joins in the middle of a conversation
    [Documentation]    Carol gets what was said before, and from then on what is said.
    Given Alice and Bob are syncing
     When Alice sends 20 messages
      And Carol joins
      And Bob sends 20 messages
      And Carol sends 10 messages
     Then Carol should receive all 40 messages within 20 seconds
      And Alice should receive all 30 messages within 20 seconds
      And all devices should hold the same messages in the same order

A new membership survives a restart of the relay
    [Documentation]    A relay that starts again knows who has joined.
    Given Alice and Bob are syncing
     When Carol joins
      And Alice sends 20 messages
      And the relay is killed after Carol has received 10 messages
      And the relay is restarted after 2 seconds
     Then Carol should receive all 20 messages within 30 seconds

A member leaves
    [Documentation]    Carol gets nothing that is said behind her back, and nobody waits for her.
    Given Alice, Bob and Carol are syncing
     When Alice sends 10 messages
      And Carol leaves
      And Alice sends 20 messages
     Then Bob should receive all 30 messages within 20 seconds
      And all devices should hold the same messages in the same order

Who has left does not come back by a restart of the relay
    [Documentation]    That Carol is out is as durable as a message.
    Given Alice, Bob and Carol are syncing
     When Carol leaves
      And Alice sends 20 messages
      And the relay is killed after Bob has received 10 messages
      And the relay is restarted after 2 seconds
     Then Bob should receive all 20 messages within 30 seconds
