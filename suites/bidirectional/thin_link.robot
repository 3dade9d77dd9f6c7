*** Settings ***
Documentation    A large request over a thin link takes its time, and succeeds.

Resource         ../../resources/sync.resource

Test Tags        bidirectional


*** Test Cases ***
A large request over a thin link
    [Documentation]    Ten kilobytes at one a second: nobody gives up before they are through.
    [Tags]    M-05    priority:medium    unscaled
    Given Alice and Bob work on one repository
      And Alice's upstream bandwidth is limited to 1 KB/s
     When Alice creates task "report" of 10 KB
     Then Bob should be notified of task "report" within 30 seconds
      And Alice's request should have taken 9 seconds to 30 seconds
