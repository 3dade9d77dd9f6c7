*** Settings ***
Documentation    Half a message is no message.

Resource         ../../resources/sync.resource

Test Tags        resilience    L-1.1    priority:high


*** Test Cases ***
Frames are cut off in mid-message
    [Documentation]    Every connection to Bob ends after 4 KB, wherever that falls.
    Given Alice and Bob are syncing
     When Bob's connections break off after 4 KB
      And Alice sends 50 messages
      And Bob's network is restored after 10 seconds
     Then Bob should receive all 50 messages within 30 seconds
      And Bob should have no duplicates
      And Bob's messages should be in order

Frames arrive in small pieces
    [Documentation]    Nothing that is read at once is a whole message.
    Given Alice and Bob are syncing
     When Bob's traffic arrives in pieces of 20 B
      And Alice sends 50 messages
     Then Bob should receive all 50 messages within 60 seconds
      And Bob should have no duplicates
      And Bob's messages should be in order
