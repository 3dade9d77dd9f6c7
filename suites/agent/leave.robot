*** Settings ***
Documentation    Who leaves a group hears of it no more, and keeps what it had.

Resource         ../../resources/agent.resource
Resource         ../../resources/agent_http.resource
Resource         ../../resources/agent_state.resource

Test Setup       The agents under test
Test Teardown    Stop Agents

Test Tags        agent


*** Test Cases ***
Who leaves a group is told so and is in it no more
    [Documentation]    Event and status say the same as the answer.
    [Tags]    priority:high
    Given The agent can leave a group
      And The agent is connected and in a group
     When The group is left
     Then The reply should have status    204
      And The leaving should be told
      And The agent should be out of the group

Nothing that is said later comes to who has left
    [Documentation]    What was delivered before stays in the log, and nothing comes behind it.
    [Tags]    priority:high
    Given The agent can leave a group
      And The agents are connected and in a group
      And The agent is given 3 operations
      And The other agent should deliver what was sent
     When The group is left
      And The other agent is given an operation
      And The last operation should come to the    second
     Then The agent should deliver nothing for 2 seconds
      And The delivery log should hold what was sent

A group that the agent is not in cannot be left
    [Documentation]    404, and the message names it.
    [Tags]    priority:low
    Given The agent can leave a group
     When The group is left
     Then The reply should be the error    404    unknown_group
      And The message should name the group
