*** Settings ***
Documentation    Somebody who works on the command line, also offline, and others who follow the server.

Resource         ../../resources/sync.resource

Test Tags        bidirectional    M-11    priority:high


*** Test Cases ***
The command line and the server converge
    [Documentation]    What each of them created while the other one was away is there for both after a sync.
    Given Bob uses the command line
      And Alice and Bob work on one repository
     When Bob goes offline
      And Alice creates 4 tasks
      And Bob creates task "report"
      And Bob comes online
     Then Bob should have 5 tasks within 10 seconds
      And Alice should have 5 tasks within 10 seconds

A sync that breaks off goes on
    [Documentation]    The reply to a command is lost; the next sync sends the change again, and it takes effect once.
    Given Bob uses the command line
      And Alice and Bob work on one repository
     When Alice creates task "report"
      And Bob updates task "report" to "half done"
      And Bob creates 2 tasks
      And the replies to Bob are lost after he has had 1 change answered
      And replies reach Bob again after 10 seconds
     Then Alice should have 3 tasks within 30 seconds
      And Alice and Bob should have task "report" as "half done" within 10 seconds
