*** Settings ***
Documentation    A broadcast is for those who wait for it: events are not delayed.

Resource         ../../resources/sync.resource

Test Tags        broadcast    B-07


*** Test Cases ***
An event arrives within 200 ms
    [Documentation]    From HTTP at one instance through Redis to a WebSocket of the other. Single events may be late on
    ...                a busy machine; a server that collects events is late with most.
    [Tags]    priority:medium    unscaled
    Given Alice and Bob are connected to the broadcast
      And Bob subscribes to channel "orders"
     When Alice publishes 20 events on channel "orders" over 4 seconds
     Then Bob should be told of 20 events of channel "orders" within 10 seconds
      And 50% of the events should reach Bob within 200 ms
