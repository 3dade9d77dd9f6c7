*** Settings ***
Documentation    The relay dies while a device fetches what it missed, and comes back with all of it.

Resource         ../../resources/sync.resource

Test Tags        lifecycle    L-2.2    priority:medium


*** Test Cases ***
The relay is killed in the middle of a backlog
    [Documentation]    kill -9 while a page is asked for: catch-up goes on where it was, neither behind nor anew.
    Given Alice and Bob are syncing
      And Bob goes offline
      And Alice sends 200 messages of 8 KB
     When Bob's upstream latency is set to 2000 ms
      And Bob starts catching up
      And the relay is killed after Bob has caught up on 40 messages
      And the relay is restarted after 5 seconds
     Then Bob should receive everything within 60 seconds
      And Bob should have no duplicates
      And Bob's marker should never have skipped a message
