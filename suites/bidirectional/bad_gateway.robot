*** Settings ***
Documentation    A gateway that does not reach the server answers in its place, and has decided nothing.

Resource         ../../resources/sync.resource

Test Tags        bidirectional    M-09    priority:high


*** Test Cases ***
Requests back off while a gateway answers 502
    [Documentation]    What a gateway refused for a server that is well is sent again, spaced and bounded.
    Given Alice and Bob work on one repository
     When Alice creates 10 tasks
      And Alice's gateway answers 502 after Bob has been notified of 4 changes
      And Alice's gateway passes requests on again after 20 seconds
     Then Bob should have 10 tasks within 30 seconds
      And Alice's requests should have backed off
