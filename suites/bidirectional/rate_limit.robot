*** Settings ***
Documentation    A client that asks too often is slowed down, and loses nothing by it.

Resource         ../../resources/sync.resource

Test Tags        bidirectional


*** Test Cases ***
A hundred requests a minute
    [Documentation]    The hundred-and-first is answered 429 with the time to wait, and admitted after its window.
    [Tags]    M-16    priority:medium    unscaled
    Given Alice and Bob work on one repository
     When Alice creates 103 tasks
     Then Bob should have 103 tasks within 90 seconds
      And Alice should be slowed down and admitted again
