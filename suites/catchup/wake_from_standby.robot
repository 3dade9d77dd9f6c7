*** Settings ***
Documentation    A device that slept must catch up before it believes that it is up to date.

Resource         ../../resources/sync.resource

Test Tags        catchup    L-2.1    priority:high


*** Test Cases ***
Wake from standby
    [Documentation]    The pipeline stands still, the device's clock passes its standby threshold, catch-up comes first.
    Given Alice and Bob are syncing
      And Bob's last sync marker is at message 50
      And Bob falls asleep
     When Alice sends messages 51 to 100
      And Bob wakes up 60 seconds later
     Then Bob should run catch-up before advancing his marker
      And Bob should receive messages 51 to 100 within 30 seconds
      And Bob's marker should never have skipped a message
