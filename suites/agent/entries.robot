*** Settings ***
Documentation    Entries: every version that stands beside another, and the one that is shown.

Resource         ../../resources/agent.resource
Resource         ../../resources/agent_entries.resource
Resource         ../../resources/agent_http.resource
Resource         ../../resources/agent_state.resource

Test Setup       The agents under test
Test Teardown    Stop Agents

Test Tags        agent


*** Test Cases ***
An entry shows its only version
    [Documentation]    Nothing concurrent, no siblings.
    [Tags]    priority:medium
    Given The agent keeps entries
      And The agent is connected and in a group
     When The agent puts    note    first draft
      And The delivery log should grow to    1
      And The entry is asked for    note
     Then The reply should have status    200
      And The reply should say    $.siblings[*].deleted    ${False}
      And The winner should be the only sibling

An unknown entry is not there
    [Documentation]    404, not an empty one.
    [Tags]    priority:low
    Given The agent keeps entries
      And The agent is connected and in a group
     When The entry is asked for    nowhere
     Then The reply should be the error    404    unknown

Versions that do not know of each other stand side by side
    [Documentation]    `conflicts: siblings` promises that all are kept, and their clocks say why.
    [Tags]    priority:high
    Given The agent keeps all sides of a conflict
      And The agents are connected and in a group
     When The agents edit an entry apart    note
     Then The entry should have versions    note    2
      And The two versions should be concurrent    note
      And The agent should show one of them    note

A resolution replaces what it names
    [Documentation]    One version is left, and it knows of both.
    [Tags]    priority:high
    Given The agent keeps all sides of a conflict
      And The agents are connected and in a group
      And The agents edit an entry apart    note
      And The entry should have versions    note    2
     When The agent resolves    note
     Then The entry should have versions    note    1
      And The winner should be the only sibling
      And The version should dominate what it resolved    note
