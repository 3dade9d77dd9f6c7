*** Settings ***
Documentation    A slow network is a network.

Resource         ../../resources/sync.resource

Test Tags        resilience    L-0.2    priority:medium


*** Test Cases ***
Ten messages on a degraded network
    [Documentation]    200 ms of latency and 300 KB/s on both links.
    Given Alice and Bob are syncing
     When the network of Alice and Bob is degraded
      And Alice sends 10 messages over 2 seconds
      And Bob sends 10 messages over 2 seconds
     Then Alice and Bob should each have all 20 messages within 30 seconds
      And nothing should be lost
      And all devices should hold the same messages in the same order
