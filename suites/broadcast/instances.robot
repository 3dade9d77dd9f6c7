*** Settings ***
Documentation    Server instances are one broadcast: Redis joins them.

Resource         ../../resources/sync.resource

Test Tags        broadcast    B-05


*** Test Cases ***
An event reaches clients of every instance
    [Documentation]    Alice and Bob are on different instances; what Alice publishes on hers comes to both, once.
    [Tags]    priority:high
    Given Alice and Bob are connected to the broadcast
      And Alice and Bob subscribe to channel "orders"
     When Alice publishes 5 events on channel "orders"
     Then Bob should be told of 5 events of channel "orders" within 5 seconds
      And Alice should be told of 5 events of channel "orders" within 5 seconds
