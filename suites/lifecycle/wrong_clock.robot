*** Settings ***
Documentation    The time of day is not to be trusted: devices sync by what they have seen, whatever their clocks say.

Resource         ../../resources/sync.resource

Test Tags        lifecycle    L-2.1    priority:medium


*** Test Cases ***
A clock is a day ahead
    [Documentation]    What was written yesterday, by this clock, is as good as new.
    Given Alice and Bob are syncing
      And Bob goes offline
     When Bob sends 10 messages
      And Bob's clock is 1 day ahead
      And Bob sends 10 messages
      And Bob comes online
     Then Alice should receive all 20 messages within 20 seconds
      And Alice's messages should be in order

A clock is a day behind
    [Documentation]    What was written last is the last, although it has the earlier time.
    Given Alice and Bob are syncing
      And Bob goes offline
     When Bob sends 10 messages
      And Bob's clock is 1 day behind
      And Bob sends 10 messages
      And Bob comes online
     Then Alice should receive all 20 messages within 20 seconds
      And Alice's messages should be in order

A retry that is due tomorrow
    [Documentation]    A clock that is set back while its device waits for a retry does not put the retry off.
    Given Alice and Bob are syncing
     When Alice sends 20 messages
      And Bob's network is cut after he has received 10 messages
      And Bob should have scheduled retries
      And Bob's clock is 1 day behind
      And Bob's network is restored after 10 seconds
     Then Bob should receive all 20 messages within 30 seconds

A clock that is set right again
    [Documentation]    What was planned while the clock was a day ahead is not put off for a day when it jumps back.
    Given Alice and Bob are syncing
      And Bob's clock is 1 day ahead
     When Alice sends 20 messages
      And Bob's network is cut after he has received 10 messages
      And Bob should have scheduled retries
      And Bob's clock is right again
      And Bob's network is restored after 10 seconds
     Then Bob should receive all 20 messages within 30 seconds
