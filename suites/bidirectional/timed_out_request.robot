*** Settings ***
Documentation    A request whose connection times out is sent again under its key, and takes effect once.

Resource         ../../resources/sync.resource

Test Tags        bidirectional


*** Test Cases ***
A request that times out is sent again
    [Documentation]    The first connection is closed after 100 ms without an answer; a retry succeeds.
    [Tags]    M-04    priority:high    unscaled
    Given Alice and Bob work on one repository
     When Alice's connections time out after 100 ms until a request has failed
      And Alice creates task "report"
     Then Bob should be notified of task "report" within 10 seconds
      And Alice's request should have needed at least 2 attempts
