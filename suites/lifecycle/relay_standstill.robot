*** Settings ***
Documentation    A relay that stands still closes nothing: the hardest kind of away to tell from slow.

Resource         ../../resources/sync.resource

Test Tags        lifecycle    L-1.1    priority:medium


*** Test Cases ***
The relay stands still for ten seconds
    [Documentation]    What a device does with the silence must not cost it the messages behind it.
    Given Alice and Bob are syncing
     When Alice sends 50 messages
      And the relay is paused after Bob has received 20 messages
      And the relay is resumed after 10 seconds
     Then Bob should receive all 50 messages within 30 seconds
      And nothing should be lost
      And Bob should have no duplicates
      And Bob's messages should be in order

The relay stands still for longer than anybody waits
    [Documentation]    What was sent again meanwhile is still in the relay's own queue: it must count once.
    [Tags]    slow
    Given Alice and Bob are syncing
     When Alice sends 50 messages
      And the relay is paused after Bob has received 20 messages
      And the relay is resumed after 25 seconds
     Then Bob should receive all 50 messages within 30 seconds
      And nothing should be lost
      And Bob should have no duplicates
      And Bob's messages should be in order
