*** Settings ***
Documentation    A WebSocket that was dropped is dialled again, subscribed again, and brings what was missed.

Resource         ../../resources/sync.resource

Test Tags        bidirectional    M-07


*** Test Cases ***
A dropped feed brings what was missed
    [Documentation]    Bob is away while the other tasks are created; the feed goes on behind the last that he has.
    [Tags]    priority:high
    Given Alice and Bob work on one repository
     When Alice creates 12 tasks
      And Bob's network is cut after he has been notified of 4 changes
      And Bob's network is restored after 10 seconds
     Then Bob should have 12 tasks within 20 seconds

A black hole is noticed by pings
    [Documentation]    Nothing is closed, nothing comes: the feed is given up, and the next one brings what was missed.
    [Tags]    priority:medium
    Given Alice and Bob work on one repository
     When Alice creates 8 tasks
      And Bob's network goes silent after he has been notified of 4 changes
      And Bob's network is restored after 30 seconds
     Then Bob should have 8 tasks within 30 seconds
      And Bob should have noticed the silence
