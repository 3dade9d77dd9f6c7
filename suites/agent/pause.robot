*** Settings ***
Documentation    A paused pipeline: nothing is taken, nothing is read, nothing is sent.

Resource         ../../resources/agent.resource
Resource         ../../resources/agent_http.resource
Resource         ../../resources/agent_state.resource

Test Setup       The agents under test
Test Teardown    Stop Agents

Test Tags        agent


*** Test Cases ***
A paused agent takes no changes
    [Documentation]    423 while it is paused; what is only read still answers.
    [Tags]    priority:high
    Given The agent can be paused
      And The agent is connected and in a group
     When The pipeline is    paused
      And The agent is given an operation
     Then The reply should be the error    423    paused
      And The status should say    pipeline    paused
      And The event should be told    pipeline    state=paused

A resumed agent takes changes again
    [Documentation]    And what was refused did not happen.
    [Tags]    priority:high
    Given The agent can be paused
      And The agent is connected and in a group
      And The pipeline is    paused
      And The agent is given an operation
     When The pipeline is    running
      And The agent is given the same operation again
     Then The reply should have status    202
      And The delivery log should hold the operation once

A paused agent delivers nothing until it runs again
    [Documentation]    What arrives stays in the network.
    [Tags]    priority:high
    Given The agent can be paused
      And The agents are connected and in a group
     When The pipeline is    paused
      And The other agent is given an operation
      And The other agent should deliver the operation
     Then The delivery log should have grown by    0
     When The pipeline is    running
     Then The delivery log should hold the operation once

A pipeline has two states
    [Documentation]    Any other is refused.
    [Tags]    priority:low
    Given The agent can be paused
     When The pipeline is asked to be    dozing
     Then The reply should be the error    400    invalid
      And The message should name    state
