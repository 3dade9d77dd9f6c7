*** Settings ***
Documentation    A change of a task is known to the other client by its WebSocket, as a change of that task.

Resource         ../../resources/sync.resource

Test Tags        bidirectional    M-02


*** Test Cases ***
An updated task is notified
    [Documentation]    Whoever works on the repository knows the new text two seconds later, under the same id.
    [Tags]    priority:high
    Given Alice and Bob work on one repository
     When Alice creates task "report"
      And Alice updates task "report" to "half done"
     Then Bob should be notified of task "report" within 2 seconds
      And Alice and Bob should have task "report" as "half done" within 2 seconds

A deleted task is notified
    [Documentation]    The last notification of a task is its last version: created and deleted at once, it is gone.
    [Tags]    priority:medium
    Given Alice and Bob work on one repository
     When Alice creates task "report"
      And Alice deletes task "report"
     Then Bob should not have task "report" within 2 seconds

Four hundred tasks are created and deleted in one batch
    [Documentation]    No notification overtakes another: the last one that is told of a task says that it is gone.
    [Tags]    priority:high
    Given Alice and Bob work on one repository
     When Alice syncs a batch of 400 short-lived tasks
     Then Bob should have 0 tasks within 10 seconds
      And Alice should have 0 tasks within 10 seconds
