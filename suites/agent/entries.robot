*** Settings ***
Documentation    Entries: every version that stands beside another, and the one that is shown.

Resource         ../../resources/agent.resource
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
