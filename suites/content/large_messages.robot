*** Settings ***
Documentation    What is said at length goes the way of blobs, and comes in its place.

Resource         ../../resources/sync.resource

Test Tags        content    priority:high


*** Test Cases ***
A message above 64 KB goes by the blob path
    [Documentation]    Small ones are in the log, large ones beside it, each with a key of its own; all come in order.
    Given Alice and Bob are syncing end-to-end encrypted
     When Alice sends 3 messages
      And Alice sends 3 messages of 200 KB
      And Alice sends 3 messages
     Then Bob should receive all 9 messages within 30 seconds
      And Bob's messages should be in order
      And messages above 64 KB should lie at the relay as blobs

A large message is waited for, over a kill too
    [Documentation]    Bob dies with a part of it; nothing behind it comes before it, and nothing is lost.
    Given Alice and Bob are syncing end-to-end encrypted
      And Bob's bandwidth is limited to 100 KB/s
     When Alice sends 1 message of 600 KB
      And Alice sends 5 messages
      And Bob is killed
      And Bob starts again after 2 seconds
     Then Bob should receive all 6 messages within 60 seconds
      And Bob's messages should be in order
      And Bob should have no duplicates
