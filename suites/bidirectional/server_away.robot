*** Settings ***
Documentation    A server that is away is asked again and again, after longer and longer pauses.

Resource         ../../resources/sync.resource

Test Tags        bidirectional


*** Test Cases ***
Requests back off while the server is away
    [Documentation]    The pauses double up to their limit; what was asked meanwhile is there once in the end.
    [Tags]    M-09    priority:high
    Given Alice and Bob work on one repository
     When Alice creates 10 tasks
      And the relay is killed after Bob has been notified of 4 changes
      And the relay is restarted after 25 seconds
     Then Bob should have 10 tasks within 30 seconds
      And Alice's requests should have backed off
