*** Settings ***
Documentation    A device that was not there when everything was sent.

Resource         ../../resources/sync.resource

Test Tags        catchup    L-2.2    priority:high


*** Test Cases ***
Everything was sent while the device was offline
    [Documentation]    It has seen nothing live, and ends up with all of it.
    Given Alice and Bob are syncing
      And Bob goes offline
      And Alice sends 50 messages
     When Bob comes online
     Then Bob should receive all 50 messages within 30 seconds
      And Bob should have caught up on reconnection
      And Bob's messages should be in order
      And nothing should be lost

Messages written offline are sent on return
    [Documentation]    What a device accepts without a network waits in its outbox.
    Given Alice and Bob are syncing
      And Alice goes offline
      And Alice sends 50 messages
     When Alice comes online
     Then Bob should receive all 50 messages within 30 seconds
      And Bob should have no duplicates
      And Bob's messages should be in order

Messages written offline survive a kill
    [Documentation]    What a device has accepted is on its disk before it says so.
    Given Alice and Bob are syncing
      And Alice goes offline
      And Alice sends 50 messages
      And Alice is killed
     When Alice starts again after 2 seconds
      And Alice comes online
     Then Bob should receive all 50 messages within 30 seconds
      And Bob should have no duplicates
      And nothing should be lost
