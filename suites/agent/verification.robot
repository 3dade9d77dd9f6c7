*** Settings ***
Documentation    Two devices verify each other by a short string that two people compare.

Resource         ../../resources/agent.resource
Resource         ../../resources/agent_http.resource
Resource         ../../resources/agent_state.resource
Resource         ../../resources/agent_verification.resource

Test Setup       The agents under test
Test Teardown    Stop Agents

Test Tags        agent


*** Test Cases ***
Both are verified when both have confirmed
    [Documentation]    The first confirmation alone verifies nobody.
    [Tags]    priority:high
    Given The agents can verify each other
      And The agents are connected and in a group
      And The first agent verifies the second
      And Both should have something to compare
     When The person decides    first    match
     Then The verification should be    first    confirmed
     When The person decides    second    match
     Then Both verifications should be    verified

One no cancels it on both
    [Documentation]    And it cannot be confirmed any more.
    [Tags]    priority:high
    Given The agents can verify each other
      And The agents are connected and in a group
      And The first agent verifies the second
      And Both should have something to compare
     When The person decides    second    mismatch
     Then Both verifications should be    cancelled
     When The person decides    first    match
     Then The reply should be the error    400    invalid

A verification that nobody has begun is unknown
    [Documentation]    404, and nothing happened.
    [Tags]    priority:low
    Given The agents can verify each other
      And Remember    verification    nobody/began/this
     When The person decides    first    match
     Then The reply should be the error    404    unknown
