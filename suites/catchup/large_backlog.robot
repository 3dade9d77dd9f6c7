*** Settings ***
Documentation    A device that was away for hours catches up in pages, in bounded memory.

Resource         ../../resources/sync.resource

Test Tags        catchup    L-2.2    priority:low    slow


*** Test Cases ***
Large backlog after extended offline
    [Documentation]    The backlog is at least five times the memory that the device may grow by.
    Given Alice and Bob are syncing
      And Bob goes offline
      And Alice builds up a large backlog
     When Bob comes online
     Then Bob should catch up page by page within 60 seconds
      And Bob should receive everything within 60 seconds
      And Bob's memory should have grown by at most 5.5 MB
      And Bob should have no duplicates
      And nothing should be lost
