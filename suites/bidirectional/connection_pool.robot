*** Settings ***
Documentation    A client has few connections, and uses them again.

Resource         ../../resources/sync.resource

Test Tags        bidirectional


*** Test Cases ***
Few connections carry all requests
    [Documentation]    Ten requests are wanted at once, four connections carry them, and a fifth the notifications.
    [Tags]    M-10    priority:medium
    Given the relay admits any number of requests
      And clients send 10 requests at once
      And Alice and Bob work on one repository
     When Alice creates 300 tasks at once
     Then Bob should have every task within 10 seconds
      And Alice should have opened at most 5 connections for 10 requests at once
