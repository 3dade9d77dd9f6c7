*** Settings ***
Documentation    Requests over a slow network take their time, and succeed.

Resource         ../../resources/sync.resource

Test Tags        bidirectional


*** Test Cases ***
A request under latency
    [Documentation]    Half a second, a tenth more or less: the answer is waited for, and nothing is sent twice.
    [Tags]    M-03    priority:medium    unscaled
    Given Alice and Bob work on one repository
      And Alice's latency varies by 100 ms around 500 ms
     When Alice creates 5 tasks
     Then Alice's request should have taken 400 ms to 5 seconds
      And Bob should have 5 tasks within 2 seconds
