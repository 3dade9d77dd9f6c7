*** Settings ***
Documentation    A hostile client takes what others need: connections, memory, descriptors, time. It gets its share.

Resource         ../../resources/sync.resource

# What piles up, does so within the time that the relay waits for a request.
Test Tags        adversarial    priority:high    unscaled


*** Test Cases ***
A flood of connections
    [Documentation]    Eight hundred connections say nothing. The relay keeps the newest of them, and not for long.
    [Tags]    A-RES-01
    Given Alice and Bob are syncing
     When a hostile client attacks the relay with a flood of connections
      And Alice sends 60 messages over 20 seconds
     Then the relay should have refused every attack within 20 seconds
      And the relay should never have had more than 600 descriptors on top
      And no message should have been delayed by more than 5 seconds
      And Bob should receive all 60 messages within 20 seconds
      And the relay should have given back what the attacks took within 10 seconds
      And the relay's memory should not have grown by more than 4 MB with every attack

Large payloads
    [Documentation]    Thirty-two bodies of 12 MB come at once; one client may not have them all in the relay's memory.
    [Tags]    A-RES-02
    Given Alice and Bob are syncing
     When a hostile client attacks the relay with large payloads
      And Alice sends 40 messages over 8 seconds
     Then the relay should have refused every attack within 20 seconds
      And the relay should never have needed more than 160 MB on top
      And no message should have been delayed by more than 5 seconds
      And Bob should receive all 40 messages within 20 seconds
      And the relay should have given back what the attacks took within 10 seconds
      And the relay's memory should not have grown by more than 48 MB with every attack

Unfinished uploads
    [Documentation]    Eight hundred files are begun and not gone on with. A client has only so many connections.
    [Tags]    A-RES-03
    Given Alice and Bob are syncing
     When a hostile client attacks the relay with unfinished uploads
      And Alice sends 60 messages over 20 seconds
     Then the relay should have refused every attack within 20 seconds
      And the relay should never have had more than 1000 descriptors on top
      And no message should have been delayed by more than 5 seconds
      And Bob should receive all 60 messages within 20 seconds
      And the relay should have given back what the attacks took within 10 seconds
      And the relay's memory should not have grown by more than 4 MB with every attack

A storm of reconnections
    [Documentation]    One client opens three hundred streams. It is told when to come again; nobody else is.
    [Tags]    A-RES-05
    Given Alice and Bob are syncing
     When a hostile client attacks the relay with a storm of reconnections
      And Alice sends 40 messages over 4 seconds
     Then the relay should have slowed the hostile client down within 10 seconds
      And no message should have been delayed by more than 5 seconds
      And Bob should receive all 40 messages within 20 seconds
      And Bob should have no duplicates
      And the relay should have given back what the attacks took within 10 seconds
      And the relay's memory should not have grown by more than 4 MB with every attack
