*** Settings ***
Documentation    The marker never says more than was delivered, whatever arrives out of turn.

Resource         ../../resources/sync.resource

Test Tags        catchup    L-2.3    priority:high


*** Test Cases ***
A live event far ahead does not move the marker
    [Documentation]    A slow link holds catch-up while a newer event arrives live; the marker passes all before it.
    Given Alice and Bob are syncing
      And Bob's last sync marker is at message 10
      And Bob goes offline
      And Alice sends 100 messages of 8 KB
     When Bob starts catching up over a link of 4 KB/s
      And Alice sends messages 111 to 160
     Then message 160 should arrive at Bob live while catch-up is still running
      And Bob's bandwidth is back after 20 seconds
      And Bob's marker should reach message 160 within 60 seconds
      And Bob's marker should never have skipped a message
