*** Settings ***
Documentation    Who the agent is and what it is doing.

Resource         ../../resources/agent.resource
Resource         ../../resources/agent_http.resource
Resource         ../../resources/agent_state.resource

Test Setup       The agents under test
Test Teardown    Stop Agents

Test Tags        agent


*** Test Cases ***
About names the protocol and the device
    [Documentation]    The harness refuses to guess what it talks to.
    [Tags]    priority:high
    When Ask    /about
    Then The reply should have status    200
     And The reply should say    $.protocol    1
     And The reply should name a device

Status can be asked at any time
    [Documentation]    Also before anything was done: stamps, incarnation and what is pending.
    [Tags]    priority:high
    When Ask    /status
    Then The reply should have status    200
     And The reply should say    $.pipeline    running
     And The reply should say    $.breaker    closed

The stamps are of this kernel's clock
    [Documentation]    Evidence of several agents is put together by CLOCK_MONOTONIC.
    [Tags]    priority:high
    When Ask    /status
    Then The reply should have status    200
     And The reply should be stamped between before and now

What does not exist answers in the error's shape
    [Documentation]    Not with a page for browsers.
    [Tags]    priority:low
    When Ask    /ops/never-made
    Then The reply should have status    200
     And The reply should say    $.state    unknown


*** Keywords ***
The reply should name a device
    [Documentation]    The same as /identity.
    ${me}    Read from    first    /identity
    The reply should say    $.device    ${me}[device]

The reply should be stamped between before and now
    [Documentation]    Only agents on this machine share its clock: those of another boot are skipped.
    ${reply}    Recall    reply
    VAR    ${status}    ${reply.json()}
    ${boot}    Evaluate    open('/proc/sys/kernel/random/boot_id').read().strip()
    Skip If    $boot != $status['boot_id']    The agent runs on another kernel.
    ${age}    Evaluate    (time.monotonic_ns() - $status['monotonic_ns']) / 1e9    time
    Should Be True    0 <= ${age} < 30
    ...    msg=GET /about, field monotonic_ns: expected a stamp of the last 30 seconds, got one of ${age} seconds ago
