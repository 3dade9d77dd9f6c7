*** Settings ***
Documentation    Many devices lose the relay at the same moment.

Resource         ../../resources/sync.resource

Test Tags        transport    T-CONN-04    priority:medium


*** Test Cases ***
A storm of reconnections
    [Documentation]    All come back, later and later, and no two of them together.
    Given Alice, Bob, Carol and Dave are syncing
     When the networks of Alice, Bob, Carol and Dave are cut
      And Alice sends 20 messages
      And the networks of Alice, Bob, Carol and Dave are restored after 10 seconds
     Then Dave should receive all 20 messages within 30 seconds
      And reconnections should have been spread out
      And nothing should be lost

A storm of fifty devices
    [Documentation]    All of them lose the relay at the same moment, and come back, never more than a few at a time.
    [Tags]    slow
    Given devices wait 1 second to 2 seconds before they connect again and up to 5 seconds more
      And Bob shares his network with 50 more devices
      And Alice and Bob are syncing
     When Bob's network is cut
      And Alice sends 20 messages
      And Bob's network is restored after 60 seconds
     Then the devices on Bob's network should come back spread out within 40 seconds
      And Bob should receive all 20 messages within 40 seconds
