*** Settings ***
Documentation    Devices that die while messages go to and fro take up where they were.

Resource         ../../resources/sync.resource

Test Tags        lifecycle    L-2.3


*** Test Cases ***
The receiver is killed in mid-sync
    [Documentation]    What it had not confirmed comes again, what it had confirmed does not.
    [Tags]    priority:high
    Given Alice and Bob are syncing
     When Alice sends 50 messages
      And Bob is killed when he has received 20 messages
      And Bob starts again after 2 seconds
     Then Bob should receive all 50 messages within 30 seconds
      And Bob should have caught up on reconnection
      And Bob should have no duplicates
      And Bob's messages should be in order

The sender is killed in mid-sync
    [Documentation]    One message is stored without her knowing, many wait: after the start all are there, once.
    [Tags]    priority:high
    Given Alice and Bob are syncing
     When Alice sends 50 messages
      And the replies to Alice are lost after she has sent 20 messages
      And Alice is killed
      And Alice starts again after 2 seconds
      And replies reach Alice again after 10 seconds
     Then Bob should receive all 50 messages within 60 seconds
      And Bob should have no duplicates
      And Bob's messages should be in order
      And nothing should be lost

Sender and receiver are killed in mid-sync
    [Documentation]    First the one, then the other.
    [Tags]    priority:medium
    Given Alice and Bob are syncing
     When Alice sends 50 messages
      And Bob is killed when he has received 20 messages
      And Alice is killed
      And Alice starts again after 2 seconds
      And Bob starts again after 5 seconds
     Then Bob should receive all 50 messages within 30 seconds
      And Bob should have no duplicates
      And all devices should hold the same messages in the same order
