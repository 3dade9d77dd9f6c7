*** Settings ***
Documentation    A subscriber is counted and told of events; a client that has unsubscribed is neither.

Resource         ../../resources/sync.resource

Test Tags        broadcast    priority:high


*** Test Cases ***
A subscriber is counted
    [Documentation]    Each instance counts its own: Bob's has him, and Alice's has nobody who would be told of orders.
    [Tags]    B-01
    Given Alice and Bob are connected to the broadcast
     When Bob subscribes to channel "orders"
     Then Bob's server should count 1 subscriber of channel "orders" within 5 seconds
      And Alice's server should count 0 subscribers of channel "orders" within 5 seconds
     When Alice publishes 1 event on channel "orders"
     Then Bob should be told of 1 event of channel "orders" within 5 seconds

An event has its name and payload
    [Documentation]    What arrives is the channel, the event and the payload that were published.
    [Tags]    B-02
    Given Alice and Bob are connected to the broadcast
      And Bob subscribes to channel "orders"
     When Alice publishes event "created" on channel "orders"
     Then Bob should be told of 1 event of channel "orders" within 5 seconds

Several clients subscribe to one channel
    [Documentation]    Two on each instance: every one of them is counted, and told.
    [Tags]    B-03
    Given Alice, Bob, Carol and Dave are connected to the broadcast
      And Alice, Bob, Carol and Dave subscribe to channel "orders"
     Then Alice's server should count 2 subscribers of channel "orders" within 5 seconds
      And Bob's server should count 2 subscribers of channel "orders" within 5 seconds
     When Alice publishes 3 events on channel "orders"
     Then Carol should be told of 3 events of channel "orders" within 5 seconds
      And Dave should be told of 3 events of channel "orders" within 5 seconds

Who has unsubscribed receives nothing more
    [Documentation]    Alice, who is still subscribed, shows that the events went out.
    [Tags]    B-04
    Given Alice and Bob are connected to the broadcast
      And Alice and Bob subscribe to channel "orders"
     When Bob unsubscribes from channel "orders"
     Then Bob's server should count 0 subscribers of channel "orders" within 5 seconds
     When Alice publishes 3 events on channel "orders"
     Then Alice should be told of 3 events of channel "orders" within 5 seconds
      And Bob should have been told of 0 events of channel "orders"
