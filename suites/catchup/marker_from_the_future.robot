*** Settings ***
Documentation    A read marker cannot be set to what has not arrived.

Resource         ../../resources/sync.resource

Test Tags        catchup    L-2.3    priority:medium


*** Test Cases ***
Marker from the future
    [Documentation]    An application that is ahead of its device must not make it skip what it has not seen.
    Given Alice and Bob are syncing
      And Bob's last sync marker is at message 50
      And Bob goes offline
      And Alice sends messages 51 to 100
     When Bob marks message 100 as read too early
      And Bob comes online
     Then Bob should receive all 100 messages within 30 seconds
      And Bob's marker should reach message 100 within 30 seconds
      And Bob's marker should never have skipped a message
      And Bob should have no duplicates
