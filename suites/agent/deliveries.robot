*** Settings ***
Documentation    The delivery log: everything that the application committed, in that order, and nothing twice.

Resource         ../../resources/agent.resource
Resource         ../../resources/agent_http.resource
Resource         ../../resources/agent_state.resource

Test Setup       The agents under test
Test Teardown    Stop Agents

Test Tags        agent


*** Test Cases ***
Deliveries are numbered and in order
    [Documentation]    Own operations come in the order in which they were made.
    [Tags]    priority:high
    Given The agent is connected and in a group
     When The agent is given 5 operations
     Then The delivery log should grow to    5
      And The delivery log should hold what was sent
      And The deliveries should be numbered without a gap

Pages neither skip nor repeat
    [Documentation]    after and limit cut the log as asked.
    [Tags]    priority:medium
    Given The agent is connected and in a group
      And The agent is given 5 operations
     When The delivery log should grow to    5
     Then A page of 2 behind the first 0 should hold what was sent there
      And A page of 2 behind the first 2 should hold what was sent there
      And A page of 2 behind the first 4 should hold what was sent there

What one agent sends the other delivers
    [Documentation]    Two agents of one product really sync.
    [Tags]    priority:high
    Given The agents are connected and in a group
     When The agent is given 5 operations
     Then The other agent should deliver what was sent

Both agents send and both deliver everything
    [Documentation]    The other direction counts as well.
    [Tags]    priority:high
    Given The agents are connected and in a group
     When The agent is given an operation
      And The other agent is given an operation
     Then The delivery log should grow to    2

An agent that was offline catches up
    [Documentation]    What was sent meanwhile arrives once it is back.
    [Tags]    priority:high
    Given The agent gets what it missed
      And The agents are connected and in a group
      And The agent goes offline
     When The other agent is given an operation
      And The agent comes online
     Then The delivery log should hold the operation once
