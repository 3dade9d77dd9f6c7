*** Settings ***
Documentation    kill -9 and a new process on the same directory: what was promised is still there.

Resource         ../../resources/agent.resource
Resource         ../../resources/agent_http.resource
Resource         ../../resources/agent_state.resource

Test Setup       The agents under test
Test Teardown    Stop Agents

Test Tags        agent


*** Test Cases ***
An accepted operation survives a kill
    [Documentation]    202 is a promise: it is acknowledged after the restart, without being asked to connect again.
    [Tags]    priority:high
    Given The agent keeps operations through a kill
      And The agent is connected and in a group
     When The agent is given an operation
      And The agent is killed and started again
     Then The operation should become    acked
      And The delivery log should hold the operation once

An operation accepted without a connection survives a kill
    [Documentation]    Nobody but the device has it when its process dies.
    [Tags]    priority:high
    Given The agent keeps operations through a kill
      And The agent is in a group but not connected
      And The agent is given an operation
     When The agent is killed and started again
      And The agent comes online
     Then The operation should become    acked
      And The delivery log should hold the operation once

The same operation after a kill happens once
    [Documentation]    Idempotence is on disk, not in memory.
    [Tags]    priority:high
    Given The agent is connected and in a group
      And The agent is given an operation
      And The delivery log should hold the operation once
     When The agent is killed and started again
      And The agent is given the same operation again
     Then The reply should have status    202
     When The agent is given other content under the same id
     Then The reply should be the error    409    op_conflict
      And The delivery log should hold the operation once

Every start counts
    [Documentation]    A reader sees that it talks to another process.
    [Tags]    priority:high
    Given The status should say    incarnation    ${1}
     When The agent is killed and started again
     Then The status should say    incarnation    ${2}

Link and intent survive a kill
    [Documentation]    Nobody has to tell it again.
    [Tags]    priority:medium
    Given The agent is connected and in a group
      And The agent is killed and started again
     When The agent is given an operation
     Then The operation should become    acked
      And The status should say    connection    live
