*** Settings ***
Documentation    A connection that ends in the middle of something begins again without losing its place.

Resource         ../../resources/sync.resource

Test Tags        sync    priority:high


*** Test Cases ***
A device is disconnected in the middle of a push
    [Documentation]    What was not acknowledged is pushed again, in its place: neither dropped nor put behind the rest.
    [Tags]    S-SM-01
    Given Alice and Bob are syncing
      And Alice goes offline
      And Alice sends 150 messages of 2 KB
     When Alice's requests break off after 20 KB
      And Alice comes online
      And Alice should have scheduled retries
      And Alice's network is restored after 5 seconds
     Then Bob should receive all 150 messages within 30 seconds
      And Bob's messages should be in order
      And Alice's cursor should be consistent

A device is disconnected in the middle of a pull
    [Documentation]    A page that broke off has not been pulled, and nothing behind it counts either.
    [Tags]    S-SM-02
    Given Alice and Bob are syncing
      And Bob goes offline
      And Alice sends 60 messages of 2 KB
     When Bob's connections break off after 40 KB
      And Bob comes online
      And Bob should have scheduled retries
      And Bob's network is restored after 5 seconds
     Then Bob should receive all 60 messages within 30 seconds
      And nothing should be lost
      And Bob's cursor should be consistent

A device connects and disconnects ten times in five seconds
    [Documentation]    Each attempt is given up before it has come to anything: the next one must not wait for it.
    [Tags]    S-SM-03
    Given Alice and Bob are syncing
     When Alice and Bob send 25 messages each over 5 seconds
      And Bob disconnects and connects again 10 times within 5 seconds
     Then Alice and Bob should each have all 50 messages within 30 seconds
      And nothing should be lost
      And Bob should have no duplicates
      And Bob's cursor should be consistent

A device that was killed resumes from what it had stored
    [Documentation]    Its cursor and what it had still to push are on its disk, as they were.
    [Tags]    S-SM-04
    Given Alice and Bob are syncing
      And Bob goes offline
      And Alice sends 80 messages of 8 KB
      And Bob sends 20 messages of 8 KB
     When Bob starts catching up over a link of 50 KB/s
      And Bob is killed after catching up on 15 messages
      And Bob starts again after 2 seconds
     Then Alice and Bob should each have all 100 messages within 60 seconds
      And nothing should be lost
      And Bob's cursor should be consistent
