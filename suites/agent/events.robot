*** Settings ***
Documentation    The events: dense numbers, honest stamps, and a long poll that answers at once.

Resource         ../../resources/agent.resource
Resource         ../../resources/agent_http.resource
Resource         ../../resources/agent_state.resource

Test Setup       The agents under test
Test Teardown    Stop Agents

Test Tags        agent


*** Test Cases ***
Events are numbered without a gap
    [Documentation]    A reader can tell that it has seen all of them.
    [Tags]    priority:high
    Given The agent is connected and in a group
     When The agent is given 3 operations
      And The delivery log should grow to    3
     Then The events should be numbered without a gap

A delivery is told
    [Documentation]    So that a reader knows when to fetch the log.
    [Tags]    priority:high
    Given The agent is connected and in a group
     When The agent is given an operation
     Then The delivery log should grow to    1
      And The delivery should be told

The connection is told
    [Documentation]    An intent becomes a state.
    [Tags]    priority:medium
    When The agent is connected and in a group
    Then The event should be told    connection    state=live
     And The joining should be told

A long poll answers what is there at once
    [Documentation]    It waits for the first event only.
    [Tags]    priority:medium
    Given The agent is connected and in a group
     Then A long poll of 10 seconds for the past should take less than 5

A long poll without events answers after its time
    [Documentation]    With none, and with the place to read on from.
    [Tags]    priority:medium
    Then A long poll of 1 seconds for the future should take that long

A reader of another incarnation gets the events from the start
    [Documentation]    It cannot know what the restarted agent told before.
    [Tags]    priority:high
    Given The agent is connected and in a group
     When Ask    /events?incarnation=999999&after=3&limit=1
     Then The reply should say    $.events[0].seq    ${1}
