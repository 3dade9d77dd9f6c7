*** Settings ***
Documentation    However a connection ends, the device opens another one and goes on where it was.

Resource         ../../resources/sync.resource

Test Tags        transport    priority:high


*** Test Cases ***
Connections are closed
    [Documentation]    Each is closed in good order, and no new one is accepted for a while.
    [Tags]    T-CONN-01
    Given Alice and Bob are syncing
     When Alice sends 50 messages
      And Bob's network is cut after he has received 20 messages
      And Bob's network is restored after 5 seconds
     Then Bob should be syncing again within 20 seconds
      And Bob should have caught up on reconnection
      And Bob should receive all 50 messages within 30 seconds
      And Bob should have no duplicates

Connections are reset
    [Documentation]    New ones are accepted and reset by what is said first: a connection that was made proves nothing.
    [Tags]    T-CONN-02
    Given Alice and Bob are syncing
     When Alice sends 50 messages
      And Bob's connections are reset after he has received 20 messages
      And Bob should have scheduled retries
      And Bob's network is restored after 5 seconds
     Then Bob should be syncing again within 20 seconds
      And Bob should receive all 50 messages within 30 seconds
      And Bob should have no duplicates

Connections are reset during a send
    [Documentation]    What Alice writes meanwhile is queued, and sent once when she is back.
    [Tags]    T-CONN-03
    Given Alice and Bob are syncing
     When Alice sends 50 messages
      And Alice's connections are reset after she has sent 20 messages
      And Alice should have scheduled retries
      And Alice's network is restored after 5 seconds
     Then Bob should receive all 50 messages within 30 seconds
      And Bob should have no duplicates
      And Bob's messages should be in order
