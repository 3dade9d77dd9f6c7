*** Settings ***
Documentation    Two clients change one task; what one of them then syncs from an old version is a conflict.

Resource         ../../resources/sync.resource

Test Tags        bidirectional    M-06


*** Test Cases ***
An old version is a conflict, and the server wins
    [Documentation]    Both updates are accepted, the later one stands; a batch made before them changes nothing.
    [Tags]    priority:high
    Given Alice and Bob work on one repository
     When Alice creates task "report"
      And Alice updates task "report" to "by Alice"
      And Bob updates task "report" to "by Bob"
      And Alice syncs task "report" as "local text" from version 1
     Then Alice should be told of 1 conflict resolved by "server_wins" within 5 seconds
      And Alice and Bob should have task "report" as "by Bob" within 5 seconds

A clock that is ahead does not win
    [Documentation]    Alice's clock is a day ahead, so that her old version looks like the newest; versions decide.
    [Tags]    priority:medium
    Given Alice and Bob work on one repository
      And Alice's clock is 1 day ahead
     When Alice creates task "report"
      And Bob updates task "report" to "by Bob"
      And Alice syncs task "report" as "local text" from version 1
     Then Alice should be told of 1 conflict resolved by "server_wins" within 5 seconds
      And Alice and Bob should have task "report" as "by Bob" within 5 seconds
