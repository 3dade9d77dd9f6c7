*** Settings ***
Documentation    A task that one client creates over HTTP is known to the other over its WebSocket.

Resource         ../../resources/sync.resource

Test Tags        bidirectional


*** Test Cases ***
A created task is notified
    [Documentation]    Two seconds after it was created, everybody who works on its repository knows.
    [Tags]    M-01    priority:high
    Given Alice and Bob work on one repository
     When Alice creates task "report"
     Then Bob should be notified of task "report" within 2 seconds
      And Alice should be notified of task "report" within 2 seconds
