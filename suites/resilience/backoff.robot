*** Settings ***
Documentation    A device that is cut off for long must not storm the relay that comes back.

Resource         ../../resources/sync.resource

Test Tags        resilience    L-5.1    priority:medium


*** Test Cases ***
The relay is out of reach for long
    [Documentation]    Each attempt to connect comes later than the one before it, up to a limit.
    Given Alice and Bob are syncing
     When Bob's network is cut
      And Alice sends 20 messages
      And Bob's network is restored after 15 seconds
     Then Bob should receive all 20 messages within 30 seconds
      And Bob should have backed off before each attempt to connect

The relay is out of reach twice
    [Documentation]    Who was connected for a while begins with short pauses again.
    Given Alice and Bob are syncing
     When Bob's network is cut
      And Alice sends 20 messages over 25 seconds
      And Bob's network is restored after 10 seconds
      And Bob's network is cut after he has received 20 messages
      And Alice sends 5 messages
      And Bob's network is restored after 10 seconds
     Then Bob should receive all 25 messages within 30 seconds
      And Bob should have backed off before each attempt to connect

Connections break as soon as they stand
    [Documentation]    Who gets through each time, and no further, has to wait as long as who does not get through.
    Given Alice and Bob are syncing
     When Bob's connections break off after 200 B
      And Alice sends 20 messages
      And Bob's network is restored after 20 seconds
     Then Bob should receive all 20 messages within 30 seconds
      And Bob should have backed off before each attempt to connect
