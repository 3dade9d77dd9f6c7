*** Settings ***
Documentation    A link that is very slow in both directions is no dead link.

Resource         ../../resources/sync.resource

Test Tags        resilience    L-1.3    priority:medium


*** Test Cases ***
Extreme latency both ways
    [Documentation]    Ten seconds for a round trip, and Bob has something to say as well.
    [Tags]    slow
    Given Alice and Bob are syncing
     When Bob's latency both ways is set to 5000 ms
      And Alice and Bob send 20 messages each
     Then Alice and Bob should each have all 40 messages within 90 seconds
      And nothing should be lost
      And Bob should have no duplicates
