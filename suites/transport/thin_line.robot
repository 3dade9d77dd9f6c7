*** Settings ***
Documentation    A thin line is slow, and no reason to give anything up.

Resource         ../../resources/sync.resource

Test Tags        transport    priority:medium


*** Test Cases ***
A large message over 10 KB/s
    [Documentation]    It comes in many pieces, and some of them late.
    [Tags]    T-BW-01
    Given Alice and Bob are syncing
     When Bob's bandwidth is limited to 10 KB/s
      And Alice sends 1 message of 60 KB
     Then Bob should receive everything within 30 seconds
      And Bob should have no duplicates
      And nothing should be lost

Bandwidth drops and comes back
    [Documentation]    What has queued up comes in one rush.
    [Tags]    T-BW-02
    Given Alice and Bob are syncing
     When Bob's bandwidth is limited to 5 KB/s
      And Alice sends 100 messages of 8 KB
      And Bob's bandwidth is back after 10 seconds
     Then Bob should receive all 100 messages within 30 seconds
      And Bob should have no duplicates
      And Bob's messages should be in order

Hardly any bandwidth
    [Documentation]    Nothing moves for longer than anybody should wait. Alice says so, and tries again.
    [Tags]    T-BW-03
    Given Alice and Bob are syncing
     When Alice's upstream bandwidth is limited to 1 KB/s
      And Alice sends 1 message of 60 KB
      And Alice's bandwidth is back after 40 seconds
     Then Bob should receive everything within 30 seconds
      And Alice should have timed out
      And Alice should have scheduled retries
      And Bob should have no duplicates
