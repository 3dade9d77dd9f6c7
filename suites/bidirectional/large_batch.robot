*** Settings ***
Documentation    Many changes in one request: the server applies all of them, or nothing.

Resource         ../../resources/sync.resource

Test Tags        bidirectional


*** Test Cases ***
A thousand tasks in one batch
    [Documentation]    They are there within five seconds, and none of them is a conflict.
    [Tags]    M-13    priority:medium    unscaled
    Given Alice and Bob work on one repository
     When Alice syncs a batch of 1000 new tasks
     Then Alice should be told of 0 conflicts resolved by "server_wins" within 5 seconds
      And Bob should have 1000 tasks within 5 seconds

A mixed batch is applied whole
    [Documentation]    A quarter each is new, changed, deleted and out of date; nobody sees a part of it.
    [Tags]    M-18    priority:high
    Given Alice and Bob work on one repository
     When Alice syncs a batch of 75 new tasks
      And Bob syncs a batch of 103 changes
     Then Bob should be told of 25 conflicts resolved by "server_wins" within 10 seconds
      And Alice should have 78 tasks within 10 seconds

A batch whose reply was lost is applied once
    [Documentation]    The server has applied it, and Alice does not know; she sends it again under its key.
    [Tags]    M-18    priority:high
    Given Alice and Bob work on one repository
     When the replies to Alice are lost
      And Alice syncs a batch of 20 new tasks
      And replies reach Alice again after 10 seconds
     Then Bob should have 20 tasks within 30 seconds

A batch that is cut half way is applied once
    [Documentation]    The server has a part of the request; it does nothing with it, and all of it when it comes again.
    [Tags]    M-18    priority:high
    Given Alice and Bob work on one repository
      And Alice's upstream bandwidth is limited to 2 KB/s
     When Alice syncs a batch of 80 new tasks
      And Bob creates 3 tasks over 4 seconds
      And Alice's network is cut after Bob has had 2 changes answered
      And Alice's network is restored after 3 seconds
     Then Alice should be told of 0 conflicts resolved by "server_wins" within 30 seconds
      And Bob should have 83 tasks within 30 seconds
