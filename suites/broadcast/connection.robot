*** Settings ***
Documentation    A client says how it is connected, and restores its subscriptions by itself.

Resource         ../../resources/sync.resource

Test Tags        broadcast


*** Test Cases ***
A client reports its states in order
    [Documentation]    An application shows them to its user: that it is offline must not look like a first start.
    [Tags]    B-06    priority:high
    Given Alice and Bob are connected to the broadcast
      And Bob subscribes to channel "orders"
     When Bob's network is cut
     Then Bob should report "reconnecting" within 5 seconds
     When Bob's network is restored after 3 seconds
     Then Bob should report "connected" within 5 seconds
     When Alice publishes 1 event on channel "orders"
      And Bob goes offline after he has been told of 1 event
     Then Bob should report "disconnected" within 1 second
      And Bob should have reported "connecting, connected, reconnecting, connected, disconnected" in that order

A client subscribes again after its server has restarted
    [Documentation]    Bob's instance dies and starts again: it knows nothing of him, and he tells it.
    [Tags]    B-08    priority:high
    Given Alice and Bob are connected to the broadcast
      And Bob subscribes to channel "orders"
     When the relay 2 is killed
     Then Bob should report "reconnecting" within 5 seconds
     When the relay 2 is restarted after 2 seconds
     Then Bob should report "connected" within 15 seconds
      And Bob's server should count 1 subscriber of channel "orders" within 15 seconds
     When Alice publishes 5 events on channel "orders"
     Then Bob should be told of 5 events of channel "orders" within 5 seconds

A client that was away is told what it missed
    [Documentation]    Bob's network is cut in the middle; his instance has kept for him what came meanwhile.
    [Tags]    B-12    priority:high
    Given Alice and Bob are connected to the broadcast
      And Bob subscribes to channel "orders"
     When Alice publishes 12 events on channel "orders"
      And Bob's network is cut after he has been told of 4 events
      And Bob's network is restored after 5 seconds
     Then Bob should be told of 12 events of channel "orders" within 15 seconds
      And Bob should have reported "connecting, connected, reconnecting, connected" in that order

A reply is lost, and the event is told once
    [Documentation]    Alice cannot know that her event went out, and publishes it again under its key.
    [Tags]    B-02    priority:medium
    Given Alice and Bob are connected to the broadcast
      And Bob subscribes to channel "orders"
     When the replies to Alice are lost
      And Alice publishes 3 events on channel "orders"
      And replies reach Alice again after 20 seconds
     Then Bob should be told of 3 events of channel "orders" within 40 seconds
