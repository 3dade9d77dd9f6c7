*** Settings ***
Documentation    A device that starts where there is no network begins to sync when there is one.

Resource         ../../resources/sync.resource

Test Tags        lifecycle    L-2.1    priority:medium


*** Test Cases ***
Start without a network
    [Documentation]    The first attempt of a fresh process fails, and many after it.
    Given Alice and Bob are syncing
     When Bob's network is cut
      And Alice sends 30 messages
      And Bob is killed
      And Bob starts again after 2 seconds
      And Bob's network is restored after 30 seconds
     Then Bob should receive all 30 messages within 30 seconds
      And Bob should have scheduled retries
      And Bob should have caught up on reconnection
      And Bob should have no duplicates
