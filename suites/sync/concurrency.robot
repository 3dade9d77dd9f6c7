*** Settings ***
Documentation    Several devices push and pull at once: everything arrives everywhere, once, in its author's order.

Resource         ../../resources/sync.resource

Test Tags        sync    priority:high


*** Test Cases ***
Two devices push at the same moment
    [Documentation]    Neither push may take the other's place in the log.
    [Tags]    S-CONC-01
    Given Alice and Bob are syncing
      And Alice and Bob go offline
      And Alice and Bob send 50 messages each
     When Alice and Bob come online
     Then Alice and Bob should each have all 100 messages within 30 seconds
      And nothing should be lost
      And Alice should have no duplicates
      And Bob should have no duplicates
      And Alice's messages should be in order
      And Bob's messages should be in order

Three devices push while another one pulls
    [Documentation]    Bob's cursor must not step over a message that has its place and is not committed yet.
    [Tags]    S-CONC-02
    Given Alice, Bob, Carol and Dave are syncing
      And Bob goes offline
      And Alice sends 300 messages of 2 KB
     When Bob starts catching up over a link of 20 KB/s
      And Alice, Carol and Dave send 100 messages each
     Then message 310 should arrive at Bob live while catch-up is still running
      And Bob should receive all 600 messages within 60 seconds
      And Bob's cursor should be consistent
      And Bob should have no duplicates
      And Bob's messages should be in order

A device pushes a hundred messages in a second
    [Documentation]    Nobody who is slower than that loses one of them.
    [Tags]    S-CONC-03
    Given Alice and Bob are syncing
      And Alice goes offline
      And Alice sends 100 messages
     When Alice comes online and pushes 100 messages within 1 second
     Then Bob should receive all 100 messages within 30 seconds
      And nothing should be lost
      And Bob should have no duplicates
      And Bob's messages should be in order

Two devices pull what a third one pushes
    [Documentation]    What one of them has pulled is still there for the other, page by page.
    [Tags]    S-CONC-04
    Given Alice, Bob and Carol are syncing
      And Bob and Carol go offline
      And Alice sends 200 messages
     When Bob and Carol come online
      And Alice sends 100 messages
     Then Bob should receive all 300 messages within 30 seconds
      And Carol should receive all 300 messages within 30 seconds
      And Bob should have no duplicates
      And Carol should have no duplicates
      And all devices should hold the same messages in the same order
