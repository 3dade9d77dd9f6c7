*** Settings ***
Documentation    A server that cannot do its work refuses at once, tries now and then, and goes on when it can.

Resource         ../../resources/sync.resource

Test Tags        bidirectional    M-08    disk


*** Test Cases ***
The breaker opens on a full disk
    [Documentation]    Four failures in a row open it; trials fail until there is room; nothing is lost or made twice.
    [Tags]    priority:high
    Given the relay's circuit breaker opens after 4 failures for 8 seconds
      And Alice and Bob work on one repository
     When Alice creates 12 tasks
      And the relay's disk is full after Bob has been notified of 4 changes
      And the relay's disk has room again after 15 seconds
     Then Bob should have 12 tasks within 30 seconds
      And the relay's circuit breaker should have opened, tried and closed

One good trial is not enough
    [Documentation]    Half as many trials as failures must be good: the disk is full again after the first of two.
    [Tags]    priority:medium
    Given the relay's circuit breaker opens after 4 failures for 8 seconds
      And Alice and Bob work on one repository
     When Alice creates 6 tasks
      And the relay's disk is full after Bob has been notified of 2 changes
      And the relay's disk has room again after 9 seconds
      And the relay's disk is full after Bob has been notified of 3 changes
      And the relay's disk has room again after 4 seconds
     Then Bob should have 6 tasks within 30 seconds
      And the relay's circuit breaker should have opened, tried and closed
