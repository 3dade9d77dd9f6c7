*** Settings ***
Documentation    The read marker: here at once, in the system soon, and never back.

Resource         ../../resources/agent.resource
Resource         ../../resources/agent_http.resource
Resource         ../../resources/agent_state.resource

Test Setup       The agents under test
Test Teardown    Stop Agents

Test Tags        agent


*** Test Cases ***
A marker is set and the system gets to know it
    [Documentation]    Local at once, remote after a while.
    [Tags]    priority:high
    Given The agent keeps a marker
      And The agent is connected and in a group
      And The agent is given 3 operations
      And The delivery log should grow to    3
     When The marker is set to delivery    ${3}
     Then The marker should stand at delivery    ${3}
      And The remote marker should follow
      And The local marker should be told

A marker never goes back
    [Documentation]    What was read cannot become unread.
    [Tags]    priority:high
    Given The agent keeps a marker
      And The agent is connected and in a group
      And The agent is given 3 operations
      And The delivery log should grow to    3
     When The marker is set to delivery    ${3}
      And The marker is set to delivery    ${1}
     Then The marker should stand at delivery    ${3}

The marker of an unknown group is not there
    [Documentation]    404, not an empty answer.
    [Tags]    priority:low
    Given The agent keeps a marker
     When The marker of the group is asked for
     Then The reply should be the error    404    unknown_group
