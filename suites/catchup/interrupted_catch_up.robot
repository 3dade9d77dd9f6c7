*** Settings ***
Documentation    A device goes away once more while it fetches what it missed.

Resource         ../../resources/sync.resource

Test Tags        catchup    L-2.2    priority:high


*** Test Cases ***
The network is cut in the middle of catch-up
    [Documentation]    A page that did not come is asked for again: a catch-up that broke off has not ended.
    Given Alice and Bob are syncing
      And Bob goes offline
      And Alice sends 80 messages of 8 KB
     When Bob's bandwidth is limited to 50 KB/s
      And Bob starts catching up
      And Bob's network is cut after catching up on 15 messages
      And Bob's network is restored after 3 seconds
     Then Bob should receive all 80 messages within 60 seconds
      And Bob's marker should never have skipped a message
      And Bob should have no duplicates

A device goes offline in the middle of catch-up
    [Documentation]    What it gave up when it was told to disconnect it begins again when it is told to connect.
    Given Alice and Bob are syncing
      And Bob goes offline
      And Alice sends 80 messages of 8 KB
     When Bob's bandwidth is limited to 50 KB/s
      And Bob starts catching up
      And Bob goes offline after catching up on 15 messages
      And Bob comes online
     Then Bob should receive all 80 messages within 60 seconds
      And Bob's marker should never have skipped a message
      And Bob should have no duplicates

A device falls asleep in the middle of catch-up
    [Documentation]    It wakes up as somebody who has slept, and as somebody who had not yet caught up.
    Given Alice and Bob are syncing
      And Bob goes offline
      And Alice sends 80 messages of 8 KB
     When Bob's bandwidth is limited to 50 KB/s
      And Bob starts catching up
      And Bob falls asleep after catching up on 15 messages
      And Bob wakes up 60 seconds later
     Then Bob should receive all 80 messages within 60 seconds
      And Bob's marker should never have skipped a message
      And Bob should have no duplicates
