*** Settings ***
Documentation    Redis keeps nothing for who does not listen: after every gap clients know that they may have missed
...              something, and no publisher is told that an event went out that did not.

Resource         ../../resources/sync.resource

Test Tags        broadcast    B-14


*** Test Cases ***
Redis restarts
    [Documentation]    While it is away publishers are refused; when it is back everybody is told to refetch.
    [Tags]    priority:high
    Given Alice and Bob are connected to the broadcast
      And Alice and Bob subscribe to channel "orders"
     When Alice publishes 12 events on channel "orders"
      And the redis is killed after Bob has been told of 4 events
      And the redis is restarted after 5 seconds
     Then Bob should be told to refetch channel "orders" within 15 seconds
      And Alice should be told to refetch channel "orders" within 15 seconds
      And Alice should have had nothing acknowledged while the fault lasted

The link of an instance to Redis is cut
    [Documentation]    Alice's instance still publishes; Bob's knows that it hears nothing, and tells him afterwards.
    [Tags]    priority:high
    Given Alice and Bob are connected to the broadcast
      And Alice and Bob subscribe to channel "orders"
     When Alice publishes 12 events on channel "orders"
      And the link between the relay 2 and the redis is cut after Bob has been told of 4 events
      And the link between the relay 2 and the redis is restored after 5 seconds
     Then Alice should be told of 12 events of channel "orders" within 5 seconds
      And Bob should be told to refetch channel "orders" within 15 seconds

The link of an instance to Redis goes silent
    [Documentation]    Nothing is closed, nothing comes: Alice must not be told that what vanished there went out.
    [Tags]    priority:medium
    Given Alice and Bob are connected to the broadcast
      And Alice and Bob subscribe to channel "orders"
     When Alice publishes 12 events on channel "orders"
      And the link between the relay 1 and the redis goes silent after Bob has been told of 4 events
      And the link between the relay 1 and the redis is restored after 30 seconds
     Then Bob should be told of 12 events of channel "orders" within 30 seconds
      And Alice should be told to refetch channel "orders" within 15 seconds
      And Alice should have had nothing acknowledged while the fault lasted

Redis drops only its subscribers
    [Documentation]    Publishing works all the time: only who listened can know that something may have passed.
    [Tags]    priority:high
    Given Alice and Bob are connected to the broadcast
      And Alice and Bob subscribe to channel "orders"
     When Alice publishes 12 events on channel "orders"
      And the redis drops its subscribers after Bob has been told of 4 events
     Then Bob should be told to refetch channel "orders" within 15 seconds
      And Alice should be told to refetch channel "orders" within 15 seconds
