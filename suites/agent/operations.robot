*** Settings ***
Documentation    Operations: accepted once, whatever is repeated, and acknowledged by the system.

Resource         ../../resources/agent.resource
Resource         ../../resources/agent_http.resource
Resource         ../../resources/agent_state.resource

Test Setup       The agents under test
Test Teardown    Stop Agents

Test Tags        agent


*** Test Cases ***
An operation is accepted, delivered and acknowledged
    [Documentation]    The way of every operation.
    [Tags]    priority:high
    Given The agent is connected and in a group
     When The agent is given an operation
     Then The reply should have status    202
      And The reply should carry the id of the operation
      And The operation should become    acked
      And The acknowledgement should be told
      And The delivery log should hold the operation once
      And The delivery should describe the operation

The same operation twice happens once
    [Documentation]    A harness that got no answer asks again.
    [Tags]    priority:high
    Given The agent is connected and in a group
     When The agent is given an operation
      And The agent is given the same operation again
     Then The reply should have status    202
      And The operation should become    acked
      And The delivery log should hold the operation once

Other content under the same id is refused
    [Documentation]    It cannot be the same operation.
    [Tags]    priority:high
    Given The agent is connected and in a group
     When The agent is given an operation
      And The agent is given other content under the same id
     Then The reply should be the error    409    op_conflict
      And The delivery log should hold the operation once

An operation in an unknown group is refused
    [Documentation]    The device is not in it.
    [Tags]    priority:medium
    Given The agent sends in its groups alone
     When The agent is given an operation
     Then The reply should be the error    404    unknown_group
      And The message should name the group
      And The state of the operation should be    unknown

Operations without a connection wait in the outbox
    [Documentation]    Accepted offline, acknowledged once online.
    [Tags]    priority:high
    Given The agent keeps operations without a connection
      And The agent is in a group but not connected
     When The agent is given 3 operations
     Then The state of the operation should be    accepted
     When The agent comes online
     Then The operation should become    acked
      And The delivery log should grow to    3
      And The delivery log should hold what was sent

What was seen says how much had been delivered
    [Documentation]    Which is the causal past of the operation.
    [Tags]    priority:medium
    Given The agent is connected and in a group
      And The agent is given 2 operations
      And The delivery log should grow to    2
     When The agent is given an operation
     Then The reply should say that 2 deliveries of this test were seen
