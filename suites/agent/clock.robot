*** Settings ***
Documentation    The device's own clock can be wrong; the stamps of the evidence cannot.

Resource         ../../resources/agent.resource
Resource         ../../resources/agent_http.resource
Resource         ../../resources/agent_state.resource

Test Setup       The agents under test
Test Teardown    Stop Agents

Test Tags        agent


*** Test Cases ***
An offset is set and advanced
    [Documentation]    advance adds to what is there.
    [Tags]    priority:medium
    Given The agent has a clock of its own
     When The clock is set    offset_ms=${5000}
      And The clock is set    advance_ms=${1500}
     Then The reply should have status    200
      And The reply should say    $.offset_ms    ${6500}

The clock never moves the stamps
    [Documentation]    An hour ahead, and the events are still stamped by the kernel's clock.
    [Tags]    priority:high
    Given The agent has a clock of its own
      And The agent is connected and in a group
     When The clock is set    offset_ms=${3600000}
      And The agent is given an operation
      And The delivery log should grow to    1
     Then The events should be numbered without a gap
      And The last event should not be from the future

Offset and advance together are refused
    [Documentation]    Which of them first?
    [Tags]    priority:low
    Given The agent has a clock of its own
     When The clock is set    offset_ms=${1}    advance_ms=${1}
     Then The reply should be the error    400    invalid
