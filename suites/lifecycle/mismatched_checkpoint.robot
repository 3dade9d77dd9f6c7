*** Settings ***
Documentation    A device and the relay disagree about how far its user has read.

Resource         ../../resources/sync.resource

Test Tags        lifecycle    L-2.3    priority:medium


*** Test Cases ***
The relay's checkpoint is ahead of the device
    [Documentation]    Bob has read all of it elsewhere; his device has not got it, and must not skip it for that.
    Given Alice and Bob are syncing
      And Bob's last sync marker is at message 20
      And Bob goes offline
      And Alice sends messages 21 to 60
     When Bob's other client marks message 60 as read
      And Bob comes online
     Then Bob should receive all 60 messages within 30 seconds
      And Bob's marker should reach message 60 within 15 seconds
      And Bob's marker should never have skipped a message

The relay's checkpoint is not brought back
    [Documentation]    Another client of Bob's is behind his device: what he has read stays read.
    Given Alice and Bob are syncing
      And Bob's last sync marker is at message 20
     When Bob's other client marks message 5 as read
     Then the relay should know Bob's marker at message 20 within 5 seconds
