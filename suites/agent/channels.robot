*** Settings ***
Documentation    Channels: events come to whoever is subscribed, and to nobody else; what became of each is told.

Resource         ../../resources/agent.resource
Resource         ../../resources/agent_channels.resource
Resource         ../../resources/agent_http.resource
Resource         ../../resources/agent_state.resource

Test Setup       The agents under test
Test Teardown    Stop Agents

Test Tags        agent


*** Test Cases ***
An event is published and comes to both subscribers
    [Documentation]    To whoever published it as well; its digest is of name and payload.
    [Tags]    priority:high
    Given The agent follows channels
      And The agents are connected and in a group
     When The agent is given an operation
     Then The publication should be told
      And The operation should become    acked
      And The other agent should deliver the operation
      And The delivery log should hold the operation once
      And The delivery should describe the operation

A subscription is told and counted
    [Documentation]    From asking to the server's word.
    [Tags]    priority:high
    Given The agent follows channels
     When The agent is connected and in a group
     Then The connection to the channels should be told    connected
      And The subscription should be told    asked
      And The subscription should be told    confirmed
      And The channel should count    1

Who has left a channel is counted no more
    [Documentation]    And is told so, with the group that the channel is.
    [Tags]    priority:high
    Given The agent follows channels
      And The agent is connected and in a group
      And The channel should count    1
     When The group is left
     Then The subscription should be told    left
      And The leaving should be told
      And The channel should count    0

A subscription that is lost with the connection is restored
    [Documentation]    Nobody has to ask for it again.
    [Tags]    priority:high
    Given The agent follows channels
      And The agent is connected and in a group
     When The agent goes offline
     Then The subscription should be told    lost
      And The connection to the channels should be told    disconnected
     When The agent comes online
     Then The channel should count    1

A channel that nobody follows counts nobody
    [Documentation]    However many are connected.
    [Tags]    priority:low
    Given The agent follows channels
      And The agents are connected and in a group
     When Ask    /channels/nobody-is-here
     Then The reply should have status    200
      And The reply should say    $.subscribers    ${0}
