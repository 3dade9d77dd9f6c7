*** Settings ***
Documentation    Server instances are one broadcast: Redis joins them.

Resource         ../../resources/sync.resource

Test Tags        broadcast    B-05    priority:high


*** Test Cases ***
An event reaches clients of every instance
    [Documentation]    Alice and Bob are on different instances; what Alice publishes on hers comes to both, once.
    Given Alice and Bob are connected to the broadcast
      And Alice and Bob subscribe to channel "orders"
     When Alice publishes 5 events on channel "orders"
     Then Bob should be told of 5 events of channel "orders" within 5 seconds
      And Alice should be told of 5 events of channel "orders" within 5 seconds

Two deployments on one Redis do not mix
    [Documentation]    Both have a channel of the same name; a prefix of their own keeps them apart.
    Given Alice, Bob, Carol and Dave are connected to the broadcast
      And Carol connects to the other deployment instead
      And Dave connects to the other deployment instead
      And Alice, Bob, Carol and Dave subscribe to channel "orders"
     When Alice publishes 3 events on channel "orders"
      And Carol publishes 2 events on channel "orders"
     Then Bob should be told of 3 events of channel "orders" within 5 seconds
      And Dave should have been told of 2 events of channel "orders"
      And Bob should have been told of 3 events of channel "orders"
