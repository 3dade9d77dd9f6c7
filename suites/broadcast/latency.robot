*** Settings ***
Documentation    A broadcast is for those who wait for it: events are not delayed.

Resource         ../../resources/sync.resource

Test Tags        broadcast    B-07


*** Test Cases ***
An event arrives within 200 ms
    [Documentation]    From HTTP at one instance through Redis to a WebSocket of the other, at any TIME_SCALE. Single
    ...                events may be late on a busy machine; a server that collects events is late with most.
    [Tags]    priority:medium
    Given Alice and Bob are connected to the broadcast
      And Bob subscribes to channel "orders"
     When Alice publishes 40 events on channel "orders"
     Then Bob should be told of 40 events of channel "orders" within 10 seconds
      And 50% of the events should reach Bob within 200 ms
