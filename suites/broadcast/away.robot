*** Settings ***
Documentation    Cases beyond the plan: clients that vanish, flap, die, or come and go.

Resource         ../../resources/sync.resource

Test Tags        broadcast    priority:medium


*** Test Cases ***
Three channels are restored after a long cut
    [Documentation]    Longer than one retry, and nothing was published before: every one of the three is back.
    [Tags]    B-12
    Given Alice and Bob are connected to the broadcast
      And Bob subscribes to channel "orders"
      And Bob subscribes to channel "invoices"
      And Bob subscribes to channel "customers"
     When Bob's network is cut
      And Alice publishes 2 events on channel "invoices"
      And Alice publishes 2 events on channel "customers"
      And Bob's network is restored after 20 seconds
     Then Bob should be told of 2 events of channel "invoices" within 15 seconds
      And Bob should be told of 2 events of channel "customers" within 15 seconds

A connection that flaps gives no duplicate
    [Documentation]    One cut quickly behind the other: what came before the second does not come again.
    [Tags]    B-12
    Given Alice and Bob are connected to the broadcast
      And Bob subscribes to channel "orders"
     When Alice publishes 30 events on channel "orders" over 20 seconds
      And Bob's connection flaps every 5 seconds
     Then Bob should be told of 30 events of channel "orders" within 15 seconds

Others come and go while events flow
    [Documentation]    Dave, on Bob's instance, comes back, leaves and subscribes; whoever stays is told of everything.
    [Tags]    B-04
    Given Alice, Bob, Carol and Dave are connected to the broadcast
      And Bob and Dave subscribe to channel "orders"
     When Alice publishes 40 events on channel "orders" over 10 seconds
      And Dave goes offline after Bob has been told of 10 events
      And Dave comes online
      And Dave unsubscribes from channel "orders"
      And Dave subscribes to channel "orders"
      And Dave unsubscribes from channel "orders"
     Then Bob should be told of 40 events of channel "orders" within 15 seconds

A client that is killed starts behind what it has
    [Documentation]    It subscribes again by itself, and is told what came while it was dead.
    [Tags]    B-08
    Given Alice and Bob are connected to the broadcast
      And Bob subscribes to channel "orders"
     When Alice publishes 12 events on channel "orders"
      And Bob is killed after he has been told of 4 events
      And Bob starts again after 3 seconds
     Then Bob should be told of 12 events of channel "orders" within 15 seconds

An instance that starts again tells its clients to refetch
    [Documentation]    What was published while it was dead it cannot know: Bob is told to refetch.
    [Tags]    B-08
    Given Alice and Bob are connected to the broadcast
      And Bob subscribes to channel "orders"
     When Alice publishes 12 events on channel "orders"
      And the relay 2 is killed after Bob has been told of 4 events
      And the relay 2 is restarted after 3 seconds
     Then Bob should be told to refetch channel "orders" within 15 seconds

A client that vanished is counted no more
    [Documentation]    Nothing is closed: only a ping shows that nobody is there, two heartbeats later.
    [Tags]    B-01
    Given Alice, Bob, Carol and Dave are connected to the broadcast
      And Bob subscribes to channel "orders"
     When Bob's network goes silent
      And Alice publishes 3 events on channel "orders"
     Then Dave's server should count 0 subscribers of channel "orders" within 12 seconds
     When Bob's network is restored after 30 seconds
     Then Bob should be told of 3 events of channel "orders" within 30 seconds
