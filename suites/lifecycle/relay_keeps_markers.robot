*** Settings ***
Documentation    What the relay has been told it still knows when it is started again: nobody tells it twice.

Resource         ../../resources/sync.resource

Test Tags        lifecycle    L-2.3    priority:medium


*** Test Cases ***
The relay keeps read markers over a restart
    [Documentation]    Bob is away and tells nothing; what he had told before is known all the same.
    Given Alice and Bob are syncing
      And Bob's last sync marker is at message 20
      And Bob goes offline
     When Alice sends 1 message
      And the relay is restarted
     Then the relay should know Bob's marker at message 20 within 15 seconds
     When Bob comes online
     Then Bob should receive everything within 30 seconds
