*** Settings ***
Documentation    A thin link carries everything in the end.

Resource         ../../resources/sync.resource

Test Tags        resilience    L-1.4    priority:medium    slow


*** Test Cases ***
Bandwidth starvation
    [Documentation]    Ten messages with attachments over 10 KB/s.
    Given Alice and Bob are syncing
     When Bob's bandwidth is limited to 10 KB/s
      And Alice sends 10 messages with attachments of 20 KB
     Then Bob should receive all 10 messages within 60 seconds
      And Bob should have all attachments within 90 seconds
      And nothing should be lost
      And Bob should have no duplicates

Partial transfers are taken up again
    [Documentation]    Every connection breaks off in the middle of an attachment, and the network never gets better.
    Given Alice and Bob are syncing
     When Bob's connections break off after 15 KB
      And Alice sends 10 messages with attachments of 20 KB
     Then Bob should have all attachments within 60 seconds
      And Bob should have scheduled retries
      And Bob should receive all 10 messages within 30 seconds
      And Bob should have no duplicates
