*** Settings ***
Documentation    A device that dies in the middle of catch-up goes on from its disk.

Resource         ../../resources/sync.resource

Test Tags        catchup    L-2.3    priority:high


*** Test Cases ***
The marker survives a kill in the middle of catch-up
    [Documentation]    After kill -9 the device goes on from what it had on disk: nothing skipped, nothing twice.
    Given Alice and Bob are syncing
      And Bob goes offline
      And Alice sends 100 messages of 8 KB
     When Bob's bandwidth is limited to 50 KB/s
      And Bob starts catching up
      And Bob is killed after catching up on 40 messages
      And Bob starts again after 2 seconds
     Then Bob's marker should reach message 100 within 60 seconds
      And Bob's marker should never have skipped a message
      And Bob should have no duplicates
